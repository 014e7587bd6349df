/** Words that code is written with in a row: `if x is not None and y not in z`. */
const keywords =
  /^(?:a?nd|as|async|await|begin|break|case|class|const|continue|def|default|delete|do|echo|elif|else|elsif|end|eq|except|export|extends|extern|final|finally|for|foreach|from|function|global|if|implements|import|in|include|instanceof|interface|is|lambda|let|local|module|my|namespace|ne|new|nil|none|not|null|or|our|pass|print|private|protected|public|puts|raise|require|rescue|return|self|static|struct|sub|switch|then|this|throw|try|undef|unless|until|use|using|var|void|when|while|with|x|yield)$/i;

/** So many other words beside each other, outside of quotes and comments, no language has. */
const mostWords = 4;

/** What of a text may be code: its lines without those that are sentences. Parsers take longest for what is none. */
export function codeLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !isSentence(line))
    .join('\n');
}

function isSentence(line: string): boolean {
  const bare = line.replace(/(?<![\w)])(?:"[^"]*"|'[^']*')/g, ' "" ').replace(/(?:^|\s)(?:#|\/\/|--\s)[^\n]*/, ' ');
  let count = 0;
  for (const word of bare.split(/\s+/)) {
    if (!/^\(?[A-Za-z][a-z]*(?:['’-][a-z]+)?[,.:)]{0,2}$/.test(word) || (word.includes('-') && /^[A-Z]/.test(word)))
      count = 0;
    else if (!keywords.test(word.replace(/\W/g, ''))) count++;
    if (count >= mostWords) return true;
  }
  return false;
}
