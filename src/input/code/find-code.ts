import type { Mark, Strictness } from '../mark.ts';
import { findDoingCall } from './find-calls.ts';
import { findJavaScript } from './javascript.ts';
import { isComputedCall } from './php-calls.ts';
import { findWindows } from './windows.ts';

type Pattern = readonly [pattern: RegExp, language: string];

const callOf = (names: string): RegExp => new RegExp(`(?<![\\w.$>-])(?:${names})\\(`, 'i');

/** Each is linear in the text. What is listed does something, or is nothing else than code. */
const patterns: readonly Pattern[] = [
  [/<\?(?:php\b|=|\s*(?:echo|eval|system|exec|passthru|include|require|print|phpinfo)\b)/i, 'PHP'],
  [/\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|SESSION|ENV)\s*\[|\$GLOBALS\s*\[|\$HTTP_(?:RAW_POST|\w+_VARS)/i, 'PHP'],
  [
    /(?:php|expect|phar|ssh2(?:\.\w+)?|zlib|glob|rar|ogg|compress\.\w+):\/\/(?:input|filter|stdin|memory|temp|output|fd|id\b|[^\s]*(?:\.phar|whoami|resource=))/i,
    'a stream of PHP',
  ],
  // Arrays of texts and numbers are data; objects start code when they are read.
  [
    /(?<!\w)zip:\/\/[^\s#]{1,200}#\w|(?<![\w.+-])(?:expect|phar|zlib|compress\.(?:zlib|bzip2)|ogg|rar|ssh2\.\w{1,10}):\/\/\w/i,
    'a stream of PHP',
  ],
  // Names that nothing else has, also behind letters, and with what keeps `name(` from being found.
  [
    /(?:call_user_func|base64_decode|fsockopen|gzinflate|gzuncompress|gzdecode|shell_exec|proc_open|bzdecompress|zlib_decode|file_put_contents|file_exists|get_defined_(?:vars|functions|constants))(?:_array)?(?:\s{0,5}\/\*[^*]{0,80}\*\/\s{0,5}|=)?(?:\(|\s{1,5}\(\s{0,5}\))/i,
    'PHP',
  ],
  [
    /["']\s?\.\s?["'][^"'\n]{0,80}["']\s?\(\s?["')]|^\s*\((?:string|int|bool|array|object)\)\s?["'][^"'\n]{1,80}["']\s?\(|^\s*\[\s?["']?\w+["']?\s?\]\[\d+\]\s?\(/,
    'PHP',
  ],
  [/\b[OC]:\d+:(?:"[\w\\]{1,80}":\d+:\{|\{[isOab]:)/, 'a serialized object of PHP'],
  [/(["'])(?:\\x[0-9a-f]{2}|\\[0-7]{3}){3,40}\1\s*\(/i, 'PHP'],
  [
    /\b_self\.env\b|\|\s*(?:filter|map|reduce|sort)\s*\(\s*["'](?:system|exec|passthru|shell_exec|popen|proc_open|assert|phpinfo|file_put_contents)["']/,
    'a template that runs code',
  ],
  [/\{\{-?\s*(?:dump\s*\(|app\.request\.\w)|@\(\s*\d+\s*[*+-]\s*\d+\s*\)/, 'a template that computes'],
  [
    /[$#%]\{\s*(?:pageContext|facesContext|applicationScope|sessionScope)\s*[.[}]|[$#%]\{\s*(?:session|request|application)\.get\w{1,40}\(/,
    'an expression of Java',
  ],
  [/\bSystem\.(?:cmd|shell)\s*\(|\b:?os[:.]cmd\s*\(/, 'Elixir or Erlang'],
  [/\bSystem\.Diagnostics\.Process\b|(?<![\w.])Process\.Start\s*\(\s*["'@$]/, '.NET'],
  [/["'\]]\s?\.\s?execute\s?\(\s?\)/, 'Groovy'],
  [/\bdo\s+shell\s+script\s+["']/, 'AppleScript'],
  [
    callOf(
      'phpinfo|shell_exec|passthru|proc_open|pcntl_exec|create_function|call_user_func(?:_array)?|base64_decode|gzinflate|gzuncompress|str_rot13|file_put_contents|file_get_contents|move_uploaded_file|preg_replace_callback|array_map|array_filter|fsockopen|pfsockopen|ini_set|highlight_file|show_source|func_get_args?|get_defined_vars|posix_\\w+|putenv|apache_setenv|dl|ob_start|register_shutdown_function|unserialize',
    ),
    'PHP',
  ],
  [
    /(?<![\w.$>-])(?:system|exec|execfile|spawn|open(?=\s*\(\s*["'](?:\/|~|\.\.|\|))|popen|eval|assert|usort|uasort|array_walk|include(?!\s*\(\s*["'][\w./-]{1,80}\.(?:twig|html?|j2|tpl|njk|ejs|hbs|tmpl)["'])|include_once|require|require_once|print|echo|unlink|readfile|fopen|opendir|phpversion|chr|printf|die)\s*\(\s*["'$`]/i,
    'a call of code',
  ],
  [/\(\s*["']?(?:system|exec|passthru|shell_exec|assert|phpinfo|eval)["']?\s*\)\s*\(/i, 'PHP'],
  [/\$\w+\s*(?:\[[^\]]*\]\s*)?\(\s*(?:["'$)]|\w+\()/, 'a call of what a variable names'],
  [
    /\b(?:auto_prepend_file|auto_append_file|allow_url_include|disable_functions|suhosin\.simulation|open_basedir|safe_mode)\s*=/i,
    'a setting of PHP',
  ],
  [
    /\b__import__\s*\(|\b(?:os|posix|commands|pty|subprocess|shutil|ctypes|pickle|marshal|importlib|builtins)\.(?:system|popen\d?|spawn\w*|exec\w*|run|call|check_output|check_call|Popen|getoutput|rmtree|loads?|import_module|eval)\s*\((?!\s*\))/,
    'Python',
  ],
  [
    /(?:^|[\n;])\s*(?:import\s+(?:os|sys|socket|subprocess|pty|base64|urllib\w*|requests|ctypes|shutil|pickle)\b(?!\s*[:=])|from\s+[\w.]+\s+import\s+[\w*(])/,
    'Python',
  ],
  [/(?:^|\n)\s*(?:def|class)\s+\w+\s*(?:\([^)\n]{0,200}\))?\s*(?:->\s*\w+\s*)?:\s*(?:\n|$|\S)/, 'Python'],
  [/\b(?:exec|eval)\s*\(\s*(?:compile|__import__|base64|b64decode|bytes|input|open)\b/, 'Python'],
  [/__(?:class|mro|subclasses|globals|builtins|bases|init|reduce)__/, 'the insides of Python objects'],
  [
    /(?:^|[\n;])\s*use\s+(?:strict|warnings|Socket|IO::\w+|POSIX)\b|@\{\s*\[\s*(?:system|exec|`|qx)|\bqx\s*[{(/|]|\bIO::Socket\b|\bopen\s*\(?\s*\w+\s*,\s*["']\s*\|/,
    'Perl',
  ],
  [/(?:^|[^\w.])(?:system|exec|fork|print)\s+(?:qw?\{|qw?\()|\bmy\s+[$@%]\w+\s*=/, 'Perl'],
  [
    /\b(?:Kernel|Process|IO|Open3|PTY)(?:\.|::)(?:exec|spawn|system|popen|fork|open|capture\w*|binread|sysopen|daemon|exit|kill)\b|%x[{([|]|\bFile\.(?:read|open|write|delete)\s*\(|\bObjectSpace\.|\bTCPSocket\b|\bERB\.new\b/,
    'Ruby',
  ],
  [/(?:^|[\n;])\s*require\s+['"](?:socket|open3|net\/http|open-uri|pty|base64)['"]/, 'Ruby'],
  // What is only named is filled in: `<%= user.name %>`.
  // Control structures that ask a name, and the names of rsyslog (`<%PRI%>`), run nothing either.
  [
    /<%(?!=\s*@?[\w.]{1,80}\s*%>|-?\s*(?:(?:if|unless|for\s*\(?\s*(?:const|let|var)?\s*\w+\s+(?:of|in))\s*\(?\s*!?@?[\w.]{1,80}\??\s*\)?\s*\{?|\}?\s*else\s*\{?|\}\)?;?|end)\s*-?%>|[A-Za-z-]+%>)[=-]?\s*[`\w@$'"(].*?%>/s,
    'a template that runs code',
  ],
  [
    /\bjava\.lang\.(?:Runtime|ProcessBuilder|Process|ClassLoader|Class\b)|\bjava\.(?:net\.URLClassLoader|io\.File(?:InputStream|OutputStream|Writer))|\bRuntime\.getRuntime\b|\bProcessBuilder\s?\(|\bnew\s+ProcessBuilder\b|\bgetClass\(\)\s*\.\s*forName|\bgetRuntime\(\)|javax\.script\.|\bScriptEngineManager\b/i,
    'Java',
  ],
  [
    /\$\{[^}]{0,60}(?:jndi|j\}|\$\{lower|\$\{upper|\$\{::-|\$\{env:[^}]*:-)[^\n]{0,200}|\$\{(?:[^}]{0,60}:)?:[^}:]{0,20}:-[a-z]?\}|\$\{::-[^}]{0,10}\}/i,
    'a lookup of Log4j',
  ],
  [
    /\bclass\.module\.classLoader\b|#_memberAccess|#context\[|@java\.lang|\bT\(\s*java\.|\$\{[\w."'()]{0,60}(?:\bclass|getClass\(\))\.\w{1,40}\(|freemarker\.template\.utility|com\.opensymphony\.xwork|org\.apache\.(?:commons\.collections|xalan|struts2)\b[^\n]{0,80}(?:Transformer|functors|Impl|Context)/,
    'an expression of Java',
  ],
  [/(?:^|[^A-Za-z0-9+/])(?:rO0AB[A-Za-z0-9+/]|KztAAU|Cs7QAF)|(?:^|\W)aced0005/i, 'a serialized object of Java'],
  [
    /\b__proto__\b|constructor\s*(?:\.|\]?\s*\[\s*["']?)\s*prototype|_\$\$ND_FUNC\$\$_/,
    'JavaScript that changes prototypes',
  ],
  [
    /\bchild_process\b|\bprocess\s*(?:\.|\[\s*["'`])\s*(?:mainModule|binding|env(?!\.NODE_ENV\b)|exit|dlopen|kill)\b|\bmodule\.constructor\b|\brequire\s*\(\s*["'`]|\bnew\s+Function\s*\(|\bfs\.(?:readFile|writeFile|unlink)\w*\s*\(|\bthis\.constructor\.constructor\b/,
    'JavaScript',
  ],
  [/\.prototype\.\w+\s*=(?!=)|<script[\s>/]|\bjavascript:\s*\w+|\bdata:text\/(?:html|javascript)/i, 'JavaScript'],
  [
    /\{\{\s*(?:["']?\d+["']?\s*[*+/-]\s*["']?\d+|config\b|self\b|request\b|cycler|lipsum|range\.constructor|\[\]|''|"")[^}]{0,200}\}\}|[#*@]\{\s*\d+\s*[*+/-]\s*\d+\s*\}|\$\{\s*\d+\s*[*+/-]\s*\d+\s*\}|\$\{\{(?!\s*(?:(?:(?:format|contains|startsWith|endsWith|join|toJSON|fromJSON|hashFiles|success|always|failure|cancelled|eq|ne|and|or|not|in|coalesce|replace|lower|upper|length)\s*\(|'[^'{}]{0,80}'|'\{\d[^']{0,80}'|[()!,]|[=!]=|&&|\|\||[<>]=?|\d{1,9}(?![\d\s]*[*+/-]|\d)|true\b|false\b|(?!self\b|config\b|request\b)[a-zA-Z_][a-zA-Z0-9_-]{0,60}(?:\.[\w*-]{1,60}(?!\w)|\['[\w. -]{1,60}'\]){1,8}(?!\s*[\w.[(]))\s*){1,40}\}\})|\{\{\s*(?:constructor|\$on|this)\s*[.[(][^}]{0,200}\(/,
    'a template that computes',
  ],
  [/<!--\s*#\s*(?:exec|include|echo|config|printenv)\b/i, 'a directive of server-side includes'],
  [/(?:^|[\n;])\s*(?:local\s+\w+\s*=\s*)?(?:os|io)\.(?:execute|popen)\s*\(/, 'Lua'],
  [
    callOf(
      'array_(?:diff_u\\w+|intersect_u\\w+|u\\w+|key_exists|push|reduce|shift|values)|base64_encode|bson_(?:de|en)code|bz(?:decompress|open)|class_exists|convert_uuencode|curl_(?:exec|init|file_create)|debug_backtrace|error_reporting|escapeshell(?:arg|cmd)|exif_\\w+|file_exists|finfo_open|ftp_\\w+|function_exists|fwrite|fclose|get_(?:cfg_var|class\\w*|current_user|defined_\\w+|meta_tags)|getcwd|getenv|getmy\\w+|gz(?:compress|decode|deflate|encode|file|open|read|write)|hash_(?:file|hmac_file)|hex2bin|html_?entit\\w+|htmlspecialchars\\w*|image(?:createfrom)?(?:gif|jpeg|png|wbmp|xbm|xpm|gd2?)|ini_get\\w*|is_(?:dir|executable|file|readable|writable)|iterator_apply|json_(?:de|en)code|mb_(?:ereg|parse)\\w*|md5_file|method_exists|mysql_query|ob_\\w+|odbc_\\w+|parse_(?:ini_file|str)|pg_(?:connect|execute|prepare|query)|php_(?:uname|strip_whitespace)|preg_\\w+|print_r|proc_\\w+|rawurl(?:de|en)code|readdir|readgzfile|register_tick_function|runkit_\\w+|session_(?:start|set_save_handler)|set_(?:error_handler|exception_handler|include_path)|sha1_file|simplexml_load_\\w+|socket_(?:connect|create)|spl_autoload_register|sqlite_\\w+|str_replace|stream_\\w+|stripc?slashes|strrev|strtotime|uasort|uksort|var_dump|zlib_decode',
    ),
    'PHP',
  ],
  [
    /(?<![\w.-])(?:eval|assert|assert_options|passthru|opendir|readfile|tmpfile|unpack|create_function|phpinfo)\s{0,5}(?:\/\*[^*]{0,80}\*\/\s{0,5})?\((?!\s*\)\s+\w)/i,
    'a call of code',
  ],
  [
    /\bString\s?\.\s?fromCharCode\b|__js_function\b|\bthis\.constructor\b|\bmodule\.exports\s?=|\bprocess\.binding\b|\brequire\.main\b|\bglobal\.process\b|\bglobal(?:This)?\s?\[|\bconstructor\._load\b|\b(?:access|append|chmod|chown|copy|exec|exists|lstat|mkdir|mkdtemp|open|opendir|read|readdir|readlink|rename|rm|spawn|stat|symlink|truncate|unlink|write)(?:File)?Sync\s?\(|\b(?:execFile|createReadStream|createWriteStream|appendFile|copyFile|writeFile|watchFile)\s?\(/,
    'JavaScript',
  ],
  [
    /(?<![\w/])(?:java\.lang\.(?:Class|Integer|Number|Object|Process|reflect|String|StringBuilder|System)\b|java\.io\.(?:Buffered|ByteArray|CharArray|Data|File(?!name)|Filter|InputStream|LineNumber|Object|OutputStream|Piped|Print|Pushback|Reader|String)|java\.beans\.XMLDecode|com\.opensymphony\.xwork2|com\.sun\.org\.apache|org\.apache\.struts2?\b|org\.omg\.CORBA)/,
    'Java',
  ],
  [/(?<![\w.$])(?:alert|confirm|prompt)\s?\(\s?(?:\d+\s?\)|["'`]|document\b|window\b)/, 'JavaScript'],
  [/(?:^|\n)c(?:os|posix|nt|subprocess|builtins|__builtin__)\n\w{1,40}\n\(/, 'Python, pickled'],
  [/@\{\s?(?:system|exec|qx)\s/, 'Perl'],
  [
    /\b(?:process|require)\s?\[\s?(?:req\.|mainModule)|(?<![\w-])function\s?\(\s?(?:[\w$]{1,30}(?:\s?,\s?[\w$]{1,30}){0,9}\s?)?\)\s?\{/,
    'JavaScript',
  ],
  [/@\{\s*\[[^\]]{0,200}\]\s*\}/, 'Perl'],
  [
    /(?:^|[\n;])\s*(?:for\s+\w+(?:\s*,\s*\w+)?\s+in\s+(?:[\w.]{1,60}\(|\[|\()[^\n]{0,200}|while\s+(?:True|1|not\s+\w+)|with\s+\w[\w.]{0,60}\([^\n]{0,200}\)(?:\s+as\s+\w+)?|if\s+__name__\b[^\n:]{0,40})\s*:|(?:^|\n)\s*try\s*:\s*\n/,
    'Python',
  ],
  [
    /(?:^|[\n;])\s*import\s+[a-z_][\w.]*(?:\s+as\s+\w+)?(?:\s*,\s*[a-z_][\w.]*)*\s*(?:;\s*\w|\n\s*(?:\w+\s*[=(.]|import\b|from\b|def\b|class\b|while\b|for\b|if\b|try\b|with\b))|[(=,]\s*lambda\b(?:\s+\*?\w+(?:\s*,\s*\*?\w+)*)?\s*:\s*[\w.([]|(?<![\w.])compile\s*\(\s*["'][^"'\n]{0,200}["']\s*,/,
    'Python',
  ],
  [
    /(?:^|[\n;])\s*use\s+[A-Z]\w*(?:::\w+)+[^;\n]{0,80};|\bmy\s*\(\s*[$@%]\w|(?:^|[\n;])\s*[@%]\w+\s*=\s*(?:glob|split|map|grep|sort|keys|qw)\b/,
    'Perl',
  ],
  [/(?<![\w.])send\s*\(\s*:\w|\bfork\s*(?:\{|do\b)/, 'Ruby'],
  [
    /\bsub\s+(?!vcl_)\w+\s*\{|<STDIN>|(?:^|[\n;])\s*(?:BEGIN|END)\s*\{|\bforeach\s+(?:my\s+)?\$\w+\s*\(|(?:^|[\n;])\s*unlink\s*\(?\s*(?:glob\b|<|["'$])|\$_\s*=\s*`/,
    'Perl',
  ],
  [
    /(?:^|[\n;])\s*def\s+\w+[!?]?\s*(?:\([^)\n]{0,200}\))?\s*[;\n][\s\S]{0,2000}?\bend\b|\.(?:each|times|map|tap|send)\s*(?:\([^)\n]{0,80}\)\s*)?(?:\{|do)\s*\|\w+|\.(?:public_)?send\s*\(?\s*:\w+|\bloop\s*(?:\{|do\b)\s*\w|(?:^|[\n;])\s*(?:system|exec|spawn)\s+['"][^'"\n]/,
    'Ruby',
  ],
  [
    /<\w{1,20}\b[^<>]{0,400}[\s"'/]on[a-z]{3,20}\s*=\s*["']?[^\s"'>]|\bdocument\.(?:cookie|domain|location)\b|\b(?:window|document|top|self)\.location(?:\.href)?\s*=(?!=)/i,
    'JavaScript',
  ],
  [
    /\bforeach\s*\([^\n]{1,200}\s+as\s+\$\w+|(?:^|[\n;])\s*(?:include|require)_once\s*\(?\s*["'$]|\bnew\s+(?:Reflection\w+|SplFileObject)\s*\(|\$\{\s*@?(?!(?:lookup|join|format|element|concat|merge|length|cidr\w+|to\w+|replace|lower|upper|split|coalesce|jsonencode|contains|keys|values|max|min)\()\w+\s*\(/i,
    'PHP',
  ],
  [
    /\[(?:System\.|scriptblock|Reflection\.|Runtime\.|Convert|Text\.|IO\.|Net\.|Diagnostics\.|Activator|AppDomain|Environment)[\w.]*\]\s*::\s*\w+|\$env:\w+\s*\+?=|[|(]\s*(?:%|foreach(?:-object)?)\s*\{[^\n]{0,200}\$_|(?:^|[\n;])\s*(?:(?:if|while)\s*\(\s*\$(?:true|false|null|\w+\s+-(?:eq|ne|gt|lt|match|like))|foreach\s*\(\s*\$\w+\s+in\s)[^\n]{0,200}\)\s*\{|\bInvoke-(?!\w+(?:able|ment)\b)[A-Z][A-Za-z]{2,40}\s+-\w/,
    'PowerShell',
  ],
  [
    /(?:^|[\s:{[,-])!ruby\/(?:object|hash|array|struct|class|module|exception|sym|regexp)\b/,
    'YAML that makes objects of code',
  ],
  [/(?:^|[\s:{[,-])!!(?:python|javax?|ruby|perl|com|org|sun|js)[/.]\w/, 'YAML that makes objects of code'],
  [
    /<!(?:DOCTYPE|ENTITY)\b[^\n]{0,400}\b(?:SYSTEM|PUBLIC)\s+["'][^"']{0,300}(?:file:|expect:|php:|\/etc\/|\.dtd["'])|<xi:include\b/i,
    'XML that reads files',
  ],
  [
    /\bxp_cmdshell\b|\bCOPY\s+[^\n;]{1,200}\s+(?:FROM|TO)\s+PROGRAM\b|\bINTO\s+(?:OUT|DUMP)FILE\b|\bLOAD_FILE\s*\(|\bUTL_HTTP\b|\bpg_(?:read_file|ls_dir|sleep)\s*\(|\bRUNSCRIPT\s+FROM\b|\bCREATE\s+ALIAS\b[^\n]{0,200}\bAS\b|\bsp_OACreate\b/i,
    'SQL that reads files or runs programs',
  ],
  [
    /^[^'"\n]{0,60}['"]\s*\)?\s*(?:;\s*(?:drop|delete|insert|update|alter|create|exec|truncate|shutdown)\b[^\n]*(?:--|#|\/\*)|(?:or|and|\|\|)\s+\(?['"\d][^\n]{0,60}=|union\s+(?:all\s+)?select\b|(?:--|#)\s*$)|^[\w'")]{0,40}\s+union\s+(?:all\s+)?select\b[^\n]{1,400}(?:--|#|\/\*|\bfrom\s+(?:users|information_schema|mysql\.|pg_))|^[\w'")]{1,20};\s*(?:drop|delete|truncate|alter|insert|update)\s[^\n]{1,200}?(?:--|#)/i,
    'SQL that ends what it is put into',
  ],
];

/** Code where data is expected: PHP, Python, Perl, Ruby, Java, JavaScript, cmd.exe, PowerShell, and scripts by their first line. */
export function findCode(text: string, strictness: Strictness): readonly Mark[] {
  const windows = findWindows(text);
  if (windows.length > 0) return windows;
  if (/^\s*#!\s*\/\S/.test(text)) return [code('a script that names its interpreter', 'certain')];
  if (
    !/[()[\]{}<$:_'"`;]|import|use |require|process|prototype|constructor\.|module\.exports|java\.lang\.(?:Runtime|Process)|commons\.collections|classLoader|com\.sun\.(?:jndi|org)|java\.beans|xwork2|struts2|omg\.CORBA|Kernel\.|union|program|file|document|rO0AB|KztAAU|Cs7QAF|aced0005/i.test(
      text,
    )
  )
    return [];
  for (const [pattern, language] of patterns) if (pattern.test(text)) return [code(named(language), 'likely')];
  if (isComputedCall(text)) return [code('a call of what is computed, as PHP has it', 'likely')];
  const call = findDoingCall(text);
  if (call !== undefined) return [code(named(call), 'likely')];
  return findJavaScript(text, strictness);
}

function named(language: string): string {
  return /^[A-Z]\w+$/.test(language) ? `code in ${language}` : language;
}

function code(what: string, confidence: Mark['confidence']): Mark {
  return { rule: 'input/code', what, confidence };
}
