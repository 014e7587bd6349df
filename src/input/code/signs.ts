/** What a pattern finds, and what it is called: a name of one word is a language. */
export type Sign = readonly [pattern: RegExp, language: string];

/** Code in languages that are not parsed, and what starts code when it is read. Each is linear in the text, and nothing else than code. */
export const signs: readonly Sign[] = [
  [/<\?(?:php\b|=|\s*(?:echo|eval|system|exec|passthru|include|require|print|phpinfo)\b)/i, 'PHP'],
  [
    /(?:php|expect|phar|ssh2(?:\.\w+)?|zlib|glob|rar|ogg|compress\.\w+):\/\/(?:input|filter|stdin|memory|temp|output|fd|id\b|[^\s]*(?:\.phar|whoami|resource=))/i,
    'a stream of PHP',
  ],
  [
    /(?<!\w)zip:\/\/[^\s#]{1,200}#\w|(?<![\w.+-])(?:expect|phar|zlib|compress\.(?:zlib|bzip2)|ogg|rar|ssh2\.\w{1,10}):\/\/\w/i,
    'a stream of PHP',
  ],
  // Arrays of texts and numbers are data; objects start code when they are read.
  [/\b[OC]:\d+:(?:"[\w\\]{1,80}":\d+:\{|\{[isOab]:)/, 'a serialized object of PHP'],
  [
    /\b(?:auto_prepend_file|auto_append_file|allow_url_include|disable_functions|suhosin\.simulation|open_basedir|safe_mode)\s*=/i,
    'a setting of PHP',
  ],
  [
    /\b_self\.env\b|\|\s*(?:filter|map|reduce|sort)\s*\(\s*["'](?:system|exec|passthru|shell_exec|popen|proc_open|assert|phpinfo|file_put_contents)["']/,
    'a template that runs code',
  ],
  [/\{\{-?\s*(?:dump\s*\(|app\.request\.\w)|@\(\s*\d+\s*[*+-]\s*\d+\s*\)/, 'a template that computes'],
  // What is only named is filled in: `<%= user.name %>`. Control structures that ask a name, and the names of rsyslog (`<%PRI%>`), run
  // nothing either.
  [
    /<%(?!=\s*@?[\w.]{1,80}\s*%>|-?\s*(?:(?:if|unless|for\s*\(?\s*(?:const|let|var)?\s*\w+\s+(?:of|in))\s*\(?\s*!?@?[\w.]{1,80}\??\s*\)?\s*\{?|\}?\s*else\s*\{?|\}\)?;?|end)\s*-?%>|[A-Za-z-]+%>)[=-]?\s*[`\w@$'"(].*?%>/s,
    'a template that runs code',
  ],
  [
    /\{\{\s*(?:["']?\d+["']?\s*[*+/-]\s*["']?\d+|config\b|self\b|request\b|cycler|lipsum|range\.constructor|\[\]|''|"")[^}]{0,200}\}\}|[#*@]\{\s*\d+\s*[*+/-]\s*\d+\s*\}|\$\{\s*\d+\s*[*+/-]\s*\d+\s*\}|\$\{\{(?!\s*(?:(?:(?:format|contains|startsWith|endsWith|join|toJSON|fromJSON|hashFiles|success|always|failure|cancelled|eq|ne|and|or|not|in|coalesce|replace|lower|upper|length)\s*\(|'[^'{}]{0,80}'|'\{\d[^']{0,80}'|[()!,]|[=!]=|&&|\|\||[<>]=?|\d{1,9}(?![\d\s]*[*+/-]|\d)|true\b|false\b|(?!self\b|config\b|request\b)[a-zA-Z_][a-zA-Z0-9_-]{0,60}(?:\.[\w*-]{1,60}(?!\w)|\['[\w. -]{1,60}'\]){1,8}(?!\s*[\w.[(]))\s*){1,40}\}\})|\{\{\s*(?:constructor|\$on|this)\s*[.[(][^}]{0,200}\(/,
    'a template that computes',
  ],
  [
    /[$#%]\{\s*(?:pageContext|facesContext|applicationScope|sessionScope)\s*[.[}]|[$#%]\{\s*(?:session|request|application)\.get\w{1,40}\(/,
    'an expression of Java',
  ],
  [
    /\bjava\.lang\.(?:Runtime|ProcessBuilder|Process|ClassLoader|Class\b)|\bjava\.(?:net\.URLClassLoader|io\.File(?:InputStream|OutputStream|Writer))|\bRuntime\.getRuntime\b|\bProcessBuilder\s?\(|\bnew\s+ProcessBuilder\b|\bgetClass\(\)\s*\.\s*forName|\bgetRuntime\(\)|javax\.script\.|\bScriptEngineManager\b/i,
    'Java',
  ],
  [
    /(?<![\w/])(?:java\.lang\.(?:Class|Integer|Number|Object|Process|reflect|String|StringBuilder|System)\b|java\.io\.(?:Buffered|ByteArray|CharArray|Data|File(?!name)|Filter|InputStream|LineNumber|Object|OutputStream|Piped|Print|Pushback|Reader|String)|java\.beans\.XMLDecode|com\.opensymphony\.xwork2|com\.sun\.org\.apache|org\.apache\.struts2?\b|org\.omg\.CORBA)/,
    'Java',
  ],
  [
    /\bclass\.module\.classLoader\b|#_memberAccess|#context\[|@java\.lang|\bT\(\s*java\.|\$\{[\w."'()]{0,60}(?:\bclass|getClass\(\))\.\w{1,40}\(|freemarker\.template\.utility|com\.opensymphony\.xwork|org\.apache\.(?:commons\.collections|xalan|struts2)\b[^\n]{0,80}(?:Transformer|functors|Impl|Context)/,
    'an expression of Java',
  ],
  [/(?:^|[^A-Za-z0-9+/])(?:rO0AB[A-Za-z0-9+/]|KztAAU|Cs7QAF)|(?:^|\W)aced0005/i, 'a serialized object of Java'],
  [
    /\$\{[^}]{0,60}(?:jndi|j\}|\$\{lower|\$\{upper|\$\{::-|\$\{env:[^}]*:-)[^\n]{0,200}|\$\{(?:[^}]{0,60}:)?:[^}:]{0,20}:-[a-z]?\}|\$\{::-[^}]{0,10}\}/i,
    'a lookup of Log4j',
  ],
  [/\bSystem\.(?:cmd|shell)\s*\(|\b:?os[:.]cmd\s*\(/, 'Elixir or Erlang'],
  [/\bSystem\.Diagnostics\.Process\b|(?<![\w.])Process\.Start\s*\(\s*["'@$]/, '.NET'],
  [/\bdo\s+shell\s+script\s+["']/, 'AppleScript'],
  [/(?:^|[\n;])\s*(?:local\s+\w+\s*=\s*)?(?:os|io)\.(?:execute|popen)\s*\(/, 'Lua'],
  [/(?:^|\n)c(?:os|posix|nt|subprocess|builtins|__builtin__)\n\w{1,40}\n\(/, 'Python, pickled'],
  [
    /(?:^|[\s:{[,-])!ruby\/(?:object|hash|array|struct|class|module|exception|sym|regexp)\b/,
    'YAML that makes objects of code',
  ],
  [/(?:^|[\s:{[,-])!!(?:python|javax?|ruby|perl|com|org|sun|js)[/.]\w/, 'YAML that makes objects of code'],
  [
    /<!(?:DOCTYPE|ENTITY)\b[^\n]{0,400}\b(?:SYSTEM|PUBLIC)\s+["'][^"']{0,300}(?:file:|expect:|php:|\/etc\/|\.dtd["'])|<xi:include\b/i,
    'XML that reads files',
  ],
  [/<!--\s*#\s*(?:exec|include|echo|config|printenv)\b/i, 'a directive of server-side includes'],
  [
    /\bxp_cmdshell\b|\bCOPY\s+[^\n;]{1,200}\s+(?:FROM|TO)\s+PROGRAM\b|\bINTO\s+(?:OUT|DUMP)FILE\b|\bLOAD_FILE\s*\(|\bUTL_HTTP\b|\bpg_(?:read_file|ls_dir|sleep)\s*\(|\bRUNSCRIPT\s+FROM\b|\bCREATE\s+ALIAS\b[^\n]{0,200}\bAS\b|\bsp_OACreate\b/i,
    'SQL that reads files or runs programs',
  ],
  [
    /^[^'"\n]{0,60}['"]\s*\)?\s*(?:;\s*(?:drop|delete|insert|update|alter|create|exec|truncate|shutdown)\b[^\n]*(?:--|#|\/\*)|(?:or|and|\|\|)\s+\(?['"\d][^\n]{0,60}=|union\s+(?:all\s+)?select\b|(?:--|#)\s*$)|^[\w'")]{0,40}\s+union\s+(?:all\s+)?select\b[^\n]{1,400}(?:--|#|\/\*|\bfrom\s+(?:users|information_schema|mysql\.|pg_))|^[\w'")]{1,20};\s*(?:drop|delete|truncate|alter|insert|update)\s[^\n]{1,200}?(?:--|#)/i,
    'SQL that ends what it is put into',
  ],
];
