import { anyOf, type Language } from './language.ts';

/** What no other language and no sentence has. */
export const ownFunctions =
  String.raw`phpinfo shell_exec passthru proc_\w+ pcntl_\w+ create_function call_user_func\w* base64_(?:de|en)code
  gz(?:inflate|deflate|uncompress|compress|decode|encode|open|file|read|write) str_rot13 file_(?:get|put)_contents file_exists
  move_uploaded_file preg_\w+
  array_(?:map|filter|walk\w*|push|pop|merge\w*|reduce|shift|unshift|values|keys|key_\w+|slice|splice|flip|combine|search|rand|u?diff\w*|u?intersect_\w+) p?fsockopen ini_[gs]et\w* highlight_(?:file|string) show_source func_get_args? get_(?:cfg_var|class\w*|
  current_user|defined_\w+|meta_tags) posix_\w+ putenv apache_\w+ ob_\w+ register_(?:shutdown|tick)_function unserialize u[ak]sort opendir
  scandir readdir readfile phpversion parse_(?:ini_file|str) curl_\w+ bson_\w+ bz(?:decompress|open) class_exists convert_uuencode
  debug_backtrace error_reporting escapeshell\w+ exif_\w+ finfo_\w+ ftp_\w+ function_exists f(?:write|puts|gets|close|open|read) getcwd getenv
  getmy\w+ hash_(?:file|hmac_file) hex2bin html_?entit\w+ htmlspecialchars\w* image(?:createfrom)?(?:gif|jpeg|png|wbmp|xbm|xpm|gd2?)
  is_(?:dir|executable|file|readable|writable) iterator_apply json_(?:de|en)code mb_(?:ereg|parse)\w* md5_file method_exists mysqli?_\w+ odbc_\w+
  pg_(?:connect|execute|prepare|query) php_\w+ print_r rawurl(?:de|en)code runkit_\w+ session_(?:start|set_save_handler) set_(?:error_handler|
  exception_handler|include_path) sha1_file simplexml_\w+ socket_(?:connect|create) spl_autoload_register sqlite_\w+ str_replace stream_\w+
  stripc?slashes strrev strtotime var_(?:dump|export) zlib_\w+`.replaceAll(/\|\s+/g, '|');
const functions = `${ownFunctions} file system exec popen eval assert usort include require unlink chr ord printf sprintf die exit extract
  is_\\w+ get_\\w+ file_\\w+ str_\\w+ md5 sha1 hash header setcookie mail glob chmod chown mkdir rmdir rename copy touch tempnam
  tmpfile symlink link array_\\w+ explode implode strtr trigger_error ReflectionFunction require_once add_action add_filter serialize urldecode`;

export const php: Language = {
  name: 'PHP',
  grammar: 'php',
  hint: /\$\w+\s{0,9}(?:[-.+*|^]?=|\(|\[|\{|->|::|\/\*|#)|\$\{\s{0,9}["'@$\w]{1,60}\}\s{0,9}[[(=]|\$\{\s{0,9}["'@]|\$\$\w|\$ \{|\w\(|\w\s{0,9}(?:\/\*|#)[^\n]*\(|["'\])}]\s{0,9}\(|->\w|::\w|\b(?:include|require)(?:_once)?\s{0,9}["'$(]|\b(?:use|namespace|function|class|echo|new|global|unset)\s|\b(?:if|for|foreach|while|switch)\s{0,9}\(|\b(?:do|try)\s{0,9}\{/i,
  prepare: (text) => `<?php ${withoutBraces(text)}\n;`,
  query: String.raw`
    ((function_call_expression function: (name) @name arguments: (arguments (argument))) @code (#match? @name "^(?i:${anyOf(functions)})$"))
    ((function_call_expression function: (name) @name) @code (#match? @name "^(?i:phpinfo|get_defined_\w+|getcwd|func_get_args|ob_\w+|session_start|phpversion|php_uname|posix_\w+|debug_backtrace)$") (#match? @code "\)$"))
    (function_call_expression function: [(variable_name) (dynamic_variable_name)] arguments: (arguments (argument [(string) (encapsed_string) (variable_name) (integer) (function_call_expression) (subscript_expression) (array_creation_expression) (binary_expression)]))) @code
    ((function_call_expression function: (variable_name)) @code (#match? @code "^\$\w+\("))
    (function_call_expression function: (subscript_expression) arguments: (arguments (argument))) @code
    ((function_call_expression function: [(string) (encapsed_string)] arguments: (arguments (argument))) @code (#match? @code "[\"'][(]|[.] ?[\"']"))
    (binary_expression "." (function_call_expression function: [(string) (encapsed_string)])) @code
    (function_call_expression function: (parenthesized_expression [(string) (encapsed_string) (binary_expression operator: ".") (variable_name) (function_call_expression) (anonymous_function) (arrow_function) (subscript_expression) (parenthesized_expression) (cast_expression)]) arguments: (arguments)) @code
    (function_call_expression function: (array_creation_expression (array_element_initializer [(object_creation_expression) (string) (encapsed_string)]))) @code
    ((function_call_expression function: (parenthesized_expression (name) @name) arguments: (arguments (argument))) @code (#match? @name "^(?:${anyOf(functions)})$"))
    (function_call_expression function: (parenthesized_expression (name)) arguments: (arguments (argument [(string) (encapsed_string) (variable_name)]))) @code
    ((expression_statement (function_call_expression arguments: (arguments (argument [(variable_name) (subscript_expression) (member_access_expression) (member_call_expression)])))) @code (#match? @code "[)] ?;$"))
    (assignment_expression left: [(variable_name) (subscript_expression) (list_literal) (dynamic_variable_name)] right: [(function_call_expression) (object_creation_expression) (array_creation_expression) (subscript_expression) (binary_expression) (variable_name) (member_call_expression) (member_access_expression) (scoped_call_expression) (encapsed_string) (anonymous_function) (shell_command_expression) (conditional_expression) (class_constant_access_expression) (arrow_function) (match_expression) (cast_expression) (assignment_expression) (heredoc)]) @code
    ((expression_statement (assignment_expression left: [(variable_name) (subscript_expression) (member_access_expression) (scoped_property_access_expression)])) @code (#match? @code "\S ?;$"))
    (member_call_expression arguments: (arguments)) @code
    (assignment_expression left: (member_access_expression)) @code
    (scoped_call_expression arguments: (arguments (argument))) @code
    ((expression_statement (scoped_call_expression)) @code (#match? @code "[)] ?;$"))
    ((object_creation_expression (arguments)) @code (#match? @code "^new\s+(?:[A-Z\\$(]|class\b)"))
    (include_expression [(string) (encapsed_string) (variable_name) (binary_expression) (parenthesized_expression)]) @code
    (include_once_expression) @code
    (require_expression [(string) (encapsed_string) (variable_name) (binary_expression) (parenthesized_expression)]) @code
    (require_once_expression) @code
    (echo_statement [(function_call_expression) (binary_expression) (shell_command_expression) (subscript_expression) (member_call_expression)] ) @code
    (print_intrinsic [(string) (encapsed_string) (function_call_expression) (variable_name) (shell_command_expression)]) @code
    (function_definition) @code
    (anonymous_function) @code
    (arrow_function) @code
    (class_declaration) @code
    (interface_declaration) @code
    (trait_declaration) @code
    (foreach_statement) @code
    (for_statement) @code
    (while_statement) @code
    (do_statement) @code
    (switch_statement) @code
    (try_statement) @code
    (if_statement condition: (parenthesized_expression [(variable_name) (function_call_expression) (binary_expression) (unary_op_expression) (subscript_expression) (member_call_expression)]) body: [(compound_statement [(expression_statement) (echo_statement) (if_statement) (foreach_statement) (return_statement [(function_call_expression) (variable_name) (array_creation_expression) (string) (boolean) (name) (member_call_expression)])]) (expression_statement) (colon_block)]) @code
    ((if_statement condition: (parenthesized_expression [(binary_expression) (function_call_expression)]) @name body: (compound_statement [(return_statement) (continue_statement)])) @code (#match? @name "[!=]==|&&|[|][|]|->"))
    (namespace_definition name: (_)) @code
    (namespace_use_declaration (namespace_use_clause (qualified_name))) @code
    (throw_expression (object_creation_expression)) @code
    (return_statement [(function_call_expression arguments: (arguments (argument (variable_name)))) (member_call_expression) (array_creation_expression) (variable_name) (object_creation_expression)] ";") @code
    ((subscript_expression . (variable_name) @name) @code (#match? @name "^\$(?:_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|SESSION|ENV)|GLOBALS)$"))
    (global_declaration) @code
    (unset_statement) @code
  `,
  acts: String.raw`
    ((function_call_expression function: (name) @name) @code (#match? @name "^(?i:exec|system|shell_exec|passthru|proc_open|popen|pcntl_\w+|eval|assert|p?fsockopen|stream_socket_\w+|socket_\w+|base64_decode|gzinflate|gzuncompress|str_rot13|hex2bin|create_function|call_user_func\w*|unserialize|dl)$"))
    (function_call_expression function: [(variable_name) (string) (encapsed_string) (parenthesized_expression) (subscript_expression) (dynamic_variable_name)]) @code
    (shell_command_expression) @code
  `,
};

/** An index in braces, and a value in them, as PHP 7 and earlier have it: the grammar has none. */
function withoutBraces(text: string): string {
  if (!text.includes('{')) return text;
  return text
    .replace(/\/\*[^*]{0,200}\*\//g, ' ')
    .replace(/(?<=[\w\])]\s{0,4})\{\s{0,4}(\w{1,20})\s{0,4}\}(?=\s{0,4}[[{(])/g, '[$1]')
    .replace(/\{\s{0,4}(\[\w{1,40}\]\[\d{1,3}\])\s{0,4}\}/g, '$1');
}
