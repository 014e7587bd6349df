import { type Language, oneOf } from './language.ts';

const modules = `os sys subprocess socket shutil pty ctypes pickle marshal base64 codecs urllib requests httpx importlib builtins
  __builtins__ platform pathlib tempfile glob multiprocessing threading asyncio signal mmap posix nt code runpy inspect types zlib
  gzip bz2 lzma binascii struct commands dill cloudpickle joblib shelve yaml telnetlib ftplib smtplib paramiko webbrowser select
  pwd grp resource fcntl http timeit operator functools itertools logging json re`;
const functions = `exec eval compile execfile open getattr setattr delattr globals locals vars breakpoint __import__ input raw_input
  super isinstance issubclass hasattr enumerate setuptools.setup setup memoryview bytearray`;
const insides =
  `__(?:class|mro|subclasses|globals|builtins|bases?|init|reduce|reduce_ex|import|dict|getattribute|code|closure|loader|self|
  subclasshook|module|func|wrapped|call|getitem|enter|exit|new|del|name|spec)__`.replaceAll(/\s+/g, '');

/** A body that is more than words: of `class Foo: bar` a sentence may have. */
const doing = `[(function_definition) (class_definition) (decorated_definition) (pass_statement) (return_statement) (raise_statement)
  (import_statement) (import_from_statement) (for_statement) (while_statement) (if_statement) (with_statement) (try_statement)
  (continue_statement) (break_statement) (delete_statement) (assert_statement) (print_statement)
  (expression_statement [(call) (assignment) (augmented_assignment) (await) (yield) (string)])]`;
const computed =
  '[(call) (attribute) (subscript) (binary_operator) (comparison_operator) (string) (list) (tuple) (conditional_expression)]';

export const python: Language = {
  name: 'Python',
  grammar: 'python',
  // As Python itself reads names: `ｅｖａｌ` is `eval`.
  prepare: (text) => text.normalize('NFKC'),
  hint: /\w\(|[\])"'}]\s{0,9}\(|\b(?:import|lambda|async|raise|class|def|while|del|assert)\s|\blambda:|\bfor\s+[\w(),\s]{1,60}\sin\b|\b(?:print|exec)\s{1,9}["'(]|\w\s{1,9}\(\s{0,9}["']|__\w+__|\b(?:try|else):/,
  query: String.raw`
    (import_from_statement name: (dotted_name)) @code
    (import_from_statement name: (aliased_import)) @code
    (import_from_statement (wildcard_import)) @code
    (import_statement (aliased_import)) @code
    (import_statement name: (dotted_name (identifier) (identifier))) @code
    ((import_statement name: (dotted_name) @name) @code ${oneOf('@name', modules)})
    (module (import_statement) [(import_statement) (import_from_statement) (expression_statement [(call) (assignment)]) (for_statement) (if_statement)]) @code
    (function_definition body: (block ${doing})) @code
    (class_definition body: (block ${doing})) @code
    (decorated_definition) @code
    (for_statement right: [(call) (attribute) (subscript) (identifier) (list) (tuple) (string)] body: (block ${doing})) @code
    (while_statement body: (block ${doing})) @code
    (with_statement body: (block ${doing})) @code
    (if_statement condition: [(call) (comparison_operator) (not_operator) (attribute) (boolean_operator) (subscript) (binary_operator)] consequence: (block ${doing})) @code
    (try_statement) @code
    (lambda body: [(call) (subscript) (conditional_expression) (binary_operator) (attribute) (list) (comparison_operator) (tuple)]) @code
    (argument_list (lambda)) @code
    (assignment right: (lambda)) @code
    (list_comprehension body: ${computed}) @code
    (list_comprehension (for_in_clause right: [(call) (string) (subscript) (list) (attribute)])) @code
    (generator_expression body: ${computed}) @code
    (generator_expression (for_in_clause right: [(call) (string) (list)])) @code
    (set_comprehension) @code
    (dictionary_comprehension) @code
    (raise_statement (call)) @code
    (return_statement [(call function: (attribute)) (call arguments: (argument_list (string)))]) @code
    (await (call)) @code
    (yield (call)) @code
    (print_statement [(string) (call) (binary_operator)]) @code
    (exec_statement (string)) @code
    ((attribute attribute: (identifier) @name) @code (#match? @name "^${insides}$"))
    ((subscript subscript: (string) @name) @code (#match? @name "^[\"']${insides}[\"']$"))
    ((call function: (identifier) @name arguments: (argument_list (_))) @code ${oneOf('@name', functions)})
    ((call function: (identifier) @name arguments: (argument_list)) @code ${oneOf('@name', 'globals locals breakpoint __import__ exit quit')})
    ((call function: (attribute object: (identifier) @name)) @code ${oneOf('@name', modules)})
    ((call function: (attribute object: (attribute object: (identifier) @name))) @code ${oneOf('@name', modules)})
    (call function: (call arguments: (argument_list [(string) (call) (attribute) (binary_operator) (subscript)]))) @code
    (call function: (subscript subscript: [(string) (call) (binary_operator)])) @code
    (call function: (parenthesized_expression (lambda))) @code
    (call function: (attribute object: [(call) (subscript)]) arguments: (argument_list (keyword_argument))) @code
    ((call function: (identifier) @name arguments: (argument_list)) @code (#match? @code "^print[(]"))
    ((call function: (attribute object: (call) attribute: (identifier) @name)) @code ${oneOf('@name', 'read readlines readline write close start run connect system popen decode encode communicate getvalue hexdigest')})
    ((call function: (attribute object: (string) attribute: (identifier) @name)) @code ${oneOf('@name', 'join format encode decode translate split')})
    ((call function: (attribute object: (identifier) @name)) @code (#match? @name "^(?:self|cls)$") (#not-match? @code "^self\.\w+\.?(?:all|exists|map|filter|size|matches|startsWith|endsWith|contains)\("))
    ((assignment left: (attribute object: (identifier) @name)) @code (#match? @name "^(?:self|cls)$"))
    (call function: (attribute) arguments: (argument_list (keyword_argument) (_))) @code
    (call function: (attribute) arguments: (argument_list (_) (keyword_argument))) @code
  `,
  acts: String.raw`
    ((attribute attribute: (identifier) @name) @code (#match? @name "^${insides}$"))
    ((call function: (identifier) @name) @code ${oneOf('@name', 'exec eval compile execfile __import__ b64decode getattr globals vars unhexlify breakpoint')})
    ((call function: (attribute object: (identifier) @name)) @code ${oneOf('@name', 'subprocess pty ctypes socket pickle marshal commands code runpy telnetlib paramiko importlib builtins')})
    ((call function: (attribute attribute: (identifier) @name)) @code ${oneOf('@name', String.raw`system popen exec[lv]\w* spawn\w* posix_spawn\w* fork\w* dup2 kill \w*64decode fromhex unhexlify decompress import_module create_subprocess_\w+`)})
    ((import_from_statement module_name: (dotted_name) @name) @code ${oneOf('@name', 'subprocess pty ctypes socket pickle marshal')})
    ((import_from_statement module_name: (dotted_name) @name name: [(dotted_name) (aliased_import)] @name2) @code (#match? @name "^os$") (#match? @name2 "^(?:system|popen|exec|spawn|fork)"))
    (call function: (call)) @code
    (call function: (subscript)) @code
  `,
};
