import { type Language, oneOf } from './language.ts';

const globals = `eval require fetch setTimeout setInterval setImmediate queueMicrotask Function atob btoa unescape importScripts alert
  confirm prompt structuredClone createRequire`;
const objects = `process console document window globalThis global fs child_process cp Reflect Object JSON String Buffer navigator
  localStorage sessionStorage module vm http https net os path exports Deno Bun Promise Array Symbol Function util crypto axios WScript
  location history Proxy XMLHttpRequest chrome`;

export const javascript: Language = {
  name: 'JavaScript',
  grammar: 'javascript',
  hint: /\w\(|[\])"'`}]\s{0,9}\(|\w`[^`\n]{0,200}`[`(]|\$\{[^}\n]{0,80}\(|=>|\b(?:function|import|export|class|let|var|const|throw|new|await)[\s*{]|\b(?:if|for|while|switch|catch)\s{0,9}\(|\b(?:do|try)\s{0,9}\{|\breturn\s|\b(?:document|window|module|exports)\.\w|\.(?:prototype|innerHTML)\b/,
  query: String.raw`
    (function_declaration body: (statement_block)) @code
    (generator_function_declaration) @code
    (function_expression) @code
    (class_declaration) @code
    (arrow_function body: [(statement_block) (call_expression) (new_expression) (template_string) (binary_expression) (await_expression) (parenthesized_expression)]) @code
    (arguments (arrow_function)) @code
    (lexical_declaration (variable_declarator value: (_))) @code
    (variable_declaration (variable_declarator value: (_))) @code
    (import_statement source: (string)) @code
    (export_statement declaration: (_)) @code
    (export_statement value: (_)) @code
    (export_statement source: (_)) @code
    ((new_expression constructor: (identifier) @name arguments: (arguments)) @code (#match? @name "^[A-Z]"))
    (new_expression constructor: (member_expression) arguments: (arguments)) @code
    ((call_expression function: (identifier) @name arguments: (arguments (_))) @code ${oneOf('@name', globals)})
    (call_expression function: (import)) @code
    ((call_expression function: (member_expression object: (identifier) @name)) @code ${oneOf('@name', objects)})
    ((call_expression function: (member_expression object: (member_expression object: (identifier) @name))) @code ${oneOf('@name', objects)})
    (call_expression function: (member_expression object: [(call_expression) (new_expression)] ) arguments: (arguments [(function_expression) (arrow_function) (object)])) @code
    (call_expression function: (subscript_expression index: [(string) (binary_expression) (template_string) (call_expression)])) @code
    (call_expression function: (call_expression function: (_) arguments: (arguments [(string) (call_expression) (binary_expression) (function_expression) (arrow_function)]))) @code
    (call_expression function: (parenthesized_expression [(function_expression) (arrow_function)])) @code
    (call_expression function: (member_expression object: [(array) (string) (regex) (template_string)])) @code
    ((member_expression property: (property_identifier) @name) @code ${oneOf('@name', '__proto__ mainModule innerHTML outerHTML fromCharCode')})
    ((member_expression object: (member_expression property: (property_identifier) @name)) @code ${oneOf('@name', 'constructor prototype')})
    ((subscript_expression object: (member_expression property: (property_identifier) @name)) @code ${oneOf('@name', 'constructor prototype')})
    ((call_expression function: (member_expression property: (property_identifier) @name)) @code ${oneOf('@name', 'constructor')})
    ((subscript_expression index: (string) @name) @code (#match? @name "constructor|__proto__|prototype"))
    ((call_expression function: (member_expression property: (property_identifier) @name) arguments: (arguments)) @code ${oneOf(
      '@name',
      String.raw`\w+Sync execFile
      createReadStream createWriteStream appendFile readFile writeFile addEventListener appendChild getElementById querySelector(?:All)?
      createElement setAttribute hasOwnProperty charCodeAt forEach then catch`,
    )})
    ((assignment_expression left: (member_expression object: (identifier) @name)) @code ${oneOf('@name', `${objects} exports`)})
    ((assignment_expression left: (member_expression object: (member_expression object: (identifier) @name))) @code ${oneOf('@name', objects)})
    (assignment_expression left: (member_expression object: (this))) @code
    (call_expression function: (member_expression object: (member_expression object: (this)))) @code
    ((if_statement condition: (parenthesized_expression (binary_expression)) @name consequence: (statement_block (return_statement))) @code (#match? @name "[!=]=="))
    (assignment_expression right: [(function_expression) (arrow_function) (new_expression) (await_expression)]) @code
    (for_statement body: (_)) @code
    (for_in_statement body: (_)) @code
    (while_statement body: (statement_block (_))) @code
    (while_statement condition: (parenthesized_expression [(true) (number) (call_expression)])) @code
    (do_statement) @code
    (try_statement) @code
    (throw_statement [(new_expression) (sequence_expression) (assignment_expression) (call_expression)]) @code
    (if_statement consequence: (statement_block [(expression_statement [(call_expression) (assignment_expression) (await_expression) (update_expression)]) (return_statement [(call_expression) (member_expression) (identifier) (object) (new_expression) (array) (true) (false) (null)]) (throw_statement) (if_statement) (lexical_declaration)])) @code
    (if_statement consequence: [(expression_statement [(call_expression) (assignment_expression)]) (return_statement) (throw_statement)]) @code
    (switch_statement) @code
    (await_expression (call_expression)) @code
    (return_statement [(call_expression function: (member_expression)) (new_expression) (object) (function_expression) (arrow_function)]) @code
    (call_expression function: (identifier) arguments: (arguments [(function_expression) (arrow_function)])) @code
    (template_string (template_substitution (call_expression))) @code
    (call_expression function: (member_expression object: (this))) @code
  `,
  acts: String.raw`
    ((call_expression function: (identifier) @name arguments: (arguments)) @code ${oneOf('@name', 'eval Function atob exec execSync spawn spawnSync fork')})
    ((call_expression function: [(identifier) (import)] @name arguments: (arguments (string) @what)) @code (#match? @name "^(?:require|import|createRequire)$") (#match? @what "child_process|cluster|worker_threads|\bvm\b|\bnet\b|dgram|\btls\b|inspector"))
    ((import_statement source: (string) @what) @code (#match? @what "child_process|cluster|worker_threads|\bvm\b|\bnet\b|dgram|inspector"))
    ((new_expression constructor: (identifier) @name) @code ${oneOf('@name', 'Function WebSocket Worker')})
    ((call_expression function: (member_expression property: (property_identifier) @name)) @code ${oneOf('@name', 'exec execSync execFile execFileSync spawn spawnSync fork binding dlopen createConnection runInNewContext runInThisContext constructor')})
    ((member_expression property: (property_identifier) @name) @code ${oneOf('@name', 'constructor mainModule __proto__')})
    ((call_expression function: (member_expression property: (property_identifier) @name) arguments: (arguments (string) @what)) @code (#match? @name "^(?:from|toString)$") (#match? @what "base64|hex"))
    (call_expression function: (subscript_expression)) @code
    (call_expression function: (call_expression function: (identifier))) @code
  `,
};
