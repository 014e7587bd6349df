import { anyOf } from './languages/language.ts';
import { ownFunctions } from './languages/php.ts';
import type { Sign } from './signs.ts';

/**
 * Pieces of code that do not parse, since they end what they are put into: `'); system('id'); //`. Of these the names are all that can be
 * seen, and only of what no setting has. Each is linear in the text.
 */
export const fragments: readonly Sign[] = [
  [/\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|SESSION|ENV)\s*\[|\$GLOBALS\s*\[|\$HTTP_(?:RAW_POST|\w+_VARS)/i, 'PHP'],
  [new RegExp(`(?<![\\w.$>-])${anyOf(ownFunctions)}\\(`, 'i'), 'PHP'],
  // Also behind letters, and with what keeps `name(` from being found.
  [
    /(?:call_user_func|base64_decode|fsockopen|gzinflate|gzuncompress|gzdecode|shell_exec|proc_open|bzdecompress|zlib_decode|file_put_contents|file_exists|get_defined_(?:vars|functions|constants))(?:_array)?(?:\s{0,5}\/\*[^*]{0,80}\*\/\s{0,5}|=)?(?:\(|\s{1,5}\(\s{0,5}\))/i,
    'PHP',
  ],
  [
    /(?<![\w.$>-])(?:system|exec|execfile|spawn|open(?=\s*\(\s*["'](?:\/|~|\.\.|\|))|popen|eval|assert|usort|uasort|array_walk|include(?!\s*\(\s*["'][\w./-]{1,80}\.(?:twig|html?|j2|tpl|njk|ejs|hbs|tmpl)["'])|include_once|require|require_once|print|echo|unlink|readfile|fopen|opendir|phpversion|chr|printf|die)\s*\(\s*["'$`]/i,
    'a call of code',
  ],
  [
    /(?<![\w.-])(?:eval|assert|assert_options|passthru|opendir|readfile|tmpfile|unpack|create_function|phpinfo)\s{0,5}(?:\/\*[^*]{0,80}\*\/\s{0,5})?\((?!\s*\)\s+\w)/i,
    'a call of code',
  ],
  [
    /\b__import__\s*\(|\b(?:os|posix|commands|pty|subprocess|shutil|ctypes|pickle|marshal|importlib|builtins)\.(?:system|popen\d?|spawn\w*|exec\w*|run|call|check_output|check_call|Popen|getoutput|rmtree|loads?|import_module|eval)\s*\((?!\s*\))/,
    'Python',
  ],
  [/__(?:class|mro|subclasses|globals|builtins|bases|init|reduce)__/, 'the insides of Python objects'],
  [
    /\b__proto__\b|constructor\s*(?:\.|\]?\s*\[\s*["']?)\s*prototype|_\$\$ND_FUNC\$\$_/,
    'JavaScript that changes prototypes',
  ],
  [
    /\bchild_process\b|\bprocess\s*(?:\.|\[\s*["'`])\s*(?:mainModule|binding|env(?!\.NODE_ENV\b)|exit|dlopen|kill)\b|\bmodule\.constructor\b|\brequire\s*\(\s*["'`]|\bnew\s+Function\s*\(|\bfs\.(?:readFile|writeFile|unlink)\w*\s*\(|\bthis\.constructor\.constructor\b/,
    'JavaScript',
  ],
  [
    /\bString\s?\.\s?fromCharCode\b|__js_function\b|\bthis\.constructor\b|\bmodule\.exports\s?=|\bprocess\.binding\b|\brequire\.main\b|\bglobal\.process\b|\bglobal(?:This)?\s?\[|\bconstructor\._load\b|\b(?:access|append|chmod|chown|copy|exec|exists|lstat|mkdir|mkdtemp|open|opendir|read|readdir|readlink|rename|rm|spawn|stat|symlink|truncate|unlink|write)(?:File)?Sync\s?\(|\b(?:execFile|createReadStream|createWriteStream|appendFile|copyFile|writeFile|watchFile)\s?\(/,
    'JavaScript',
  ],
  [/(?<![\w.$])(?:alert|confirm|prompt)\s?\(\s?(?:\d+\s?\)|["'`]|document\b|window\b)/, 'JavaScript'],
  [
    /\b(?:process|require)\s?\[\s?(?:req\.|mainModule)|(?<![\w-])function\s?\(\s?(?:[\w$]{1,30}(?:\s?,\s?[\w$]{1,30}){0,9}\s?)?\)\s?\{/,
    'JavaScript',
  ],
  [/\.prototype\.\w+\s*=(?!=)|<script[\s>/]|\bjavascript:\s*\w+|\bdata:text\/(?:html|javascript)/i, 'JavaScript'],
  [
    /<\w{1,20}\b[^<>]{0,400}[\s"'/]on[a-z]{3,20}\s*=\s*["']?[^\s"'>]|\bdocument\.(?:cookie|domain|location)\b|\b(?:window|document|top|self)\.location(?:\.href)?\s*=(?!=)/i,
    'JavaScript',
  ],
];
