import { anyOf, type Language, oneOf } from './language.ts';

/** What is called with a name: `send :system`, `attr_reader :a`. */
const named = `attr_accessor attr_reader attr_writer alias_method define_method private_constant send __send__ public_send method
  instance_variable_get instance_variable_set trap autoload`;
const functions = `system exec spawn eval fork open syscall load require require_relative instance_eval class_eval module_eval send __send__
  public_send binding puts print printf p pp raise sleep at_exit trap autoload attr_accessor attr_reader attr_writer alias_method
  define_method private_constant include extend prepend loop lambda proc catch throw format gets exit abort`;

export const ruby: Language = {
  name: 'Ruby',
  grammar: 'ruby',
  // Its scanner fails on longer names of documents.
  prepare: (text) => text.replace(/(<<[-~]?["'`]?\w{64})\w+/g, '$1'),
  hint: /\b(?:def|class|module|unless|begin|raise|include|extend|puts|print|load|exec|system|spawn|eval|require(?:_relative)?|send|__send__|public_send|instance_\w+|class_eval|module_eval|throw|alias|trap)\s{1,9}["':[(\w%`]|\bp\s{1,9}["':[`]|\b(?:exec|system|spawn|eval|send|__send__|public_send|instance_\w+|class_eval|module_eval|method|define_method|puts|print|p|raise|load|trap|at_exit)\(|\b(?:loop|lambda|proc|fork|at_exit)\s{0,9}(?:\{|do\b)|\bdo\s{0,9}(?:[|\n;]|$)|\bthen\b|(?<![\w./-])[A-Z]\w*(?:::\w|\.[a-z]\w*[!?]?\s{0,9}[({"':\w\n]|\.[a-z]\w*$|\[)|\.\w+[?!]?\s?(?:\{|do\b)|\.(?:each|new|call|map|send|join|then|to_proc|const_get)\b|&[.:]|@\w+\s?=|%x|%w|->\s?[({]|=\s?`|\$std\w+\./m,
  query: String.raw`
    (method body: (_)) @code
    (method parameters: (_)) @code
    (singleton_method) @code
    (class body: (body_statement [(method) (call) (assignment) (singleton_method) (class) (module)])) @code
    (module body: (body_statement [(method) (call) (assignment) (class) (module)])) @code
    (do_block body: (body_statement [(call) (assignment) (if) (unless) (return) (operator_assignment) (if_modifier) (unless_modifier) (yield) (case) (binary) (method)])) @code
    ((call !receiver method: (identifier) @name block: (do_block body: (_))) @code ${oneOf('@name', 'loop fork lambda proc at_exit catch describe it let before after')})
    (do_block parameters: (block_parameters)) @code
    (block parameters: (block_parameters)) @code
    (call receiver: (_) method: (identifier) block: (block body: (block_body [(call receiver: (_)) (call arguments: (argument_list (string))) (assignment) (yield)]))) @code
    ((call !receiver method: (identifier) @name block: (block body: (_))) @code ${oneOf('@name', 'loop fork lambda proc at_exit catch describe it let before after')})
    (lambda body: (_)) @code
    (begin (rescue)) @code
    (if condition: [(call) (binary) (unary) (instance_variable)] consequence: (then [(call) (assignment) (return) (operator_assignment)])) @code
    (unless condition: (_) consequence: (then [(call) (assignment) (return)])) @code
    (while condition: (_) body: (do (call))) @code
    (until condition: (_) body: (do (call))) @code
    (for body: (do [(call) (assignment)])) @code
    (case (when)) @code
    (if_modifier body: [(return) (call arguments: (_)) (assignment) (next)] condition: [(call) (binary) (unary) (instance_variable)]) @code
    (unless_modifier body: [(return) (call arguments: (_)) (assignment) (next)] condition: [(call) (binary) (unary) (instance_variable)]) @code
    ((call !receiver method: (identifier) @name arguments: (argument_list . [(string) (call receiver: (_)) (subshell) (binary left: (string)) (heredoc_body) (heredoc_beginning) (array)])) @code ${oneOf('@name', functions)})
    ((call !receiver method: (identifier) @name arguments: (argument_list . [(simple_symbol) (delimited_symbol)])) @code ${oneOf('@name', named)} (#match? @code "^\w+[ (]"))
    ((call !receiver method: (identifier) @name arguments: (argument_list (constant))) @code ${oneOf('@name', 'raise include extend prepend')})
    ((call receiver: (constant) @name method: (identifier) arguments: (argument_list)) @code ${oneOf('@name', 'Kernel Process IO File Dir Open3 PTY FileUtils Marshal YAML Psych ERB ObjectSpace TCPSocket TCPServer UDPSocket Socket Net URI Object Class Module Fiddle DL Base64 Zlib Digest OpenSSL Tempfile Pathname Thread Ractor Fiber Binding RubyVM Gem Bundler Etc Signal Rake Rails')})
    ((call receiver: (constant) @name method: (identifier) @name2) @code ${oneOf('@name', 'Kernel Process IO PTY Open3')} ${oneOf('@name2', 'exec spawn system fork popen daemon exit kill')})
    ((call receiver: (constant) method: (identifier) @name) @code ${oneOf('@name', 'new const_get class_eval instance_eval module_eval define_method send public_send __send__ popen capture2e? capture3 unsafe_load read write')})
    (call receiver: (scope_resolution) method: (identifier) arguments: (argument_list)) @code
    ((call receiver: (scope_resolution) method: (identifier) @name) @code (#match? @name "^new$"))
    ((call receiver: (_) method: (identifier) @name arguments: (argument_list . [(simple_symbol) (string)])) @code ${oneOf('@name', 'send public_send __send__ instance_eval class_eval module_eval const_get define_method instance_variable_[gs]et method')})
    ((call receiver: (_) method: (identifier) @name) @code ${oneOf('@name', 'instance_eval class_eval module_eval constantize')})
    (program (assignment left: (instance_variable))) @code
    (program (operator_assignment left: (instance_variable))) @code
    (assignment right: [(subshell) (call block: (_)) (call receiver: [(string) (array)] arguments: (argument_list)) (lambda)]) @code
    (call receiver: (subshell)) @code
    ((call receiver: (global_variable) method: (identifier) @name arguments: (argument_list)) @code ${oneOf('@name', 'puts print write printf << sync')})
    ((call receiver: (simple_symbol) method: (identifier) @name) @code ${oneOf('@name', 'to_proc')})
    (call receiver: [(string) (array)] method: (identifier) arguments: (argument_list (_))) @code
    (call receiver: [(string) (array)] method: (identifier) block: (_)) @code
    (argument_list (block_argument)) @code
    (call operator: "&.") @code
    ((interpolation (call method: (identifier) @name)) @code ${oneOf('@name', 'system exec eval spawn open read popen')})
    (interpolation (subshell)) @code
    ((subshell) @code (#match? @code "^%x"))
    (alias) @code
    (begin_block) @code
    (end_block) @code
    ((call !receiver method: [(identifier) (constant)] @name arguments: (argument_list . [(identifier) (constant) (call !receiver)]) @words) @prose (#not-match? @words "^\(") (#not-match? @name "^(?:${anyOf(functions)}|yield|not|expect|return|private|public|protected|module_function)$"))
  `,
  acts: String.raw`
    ((call !receiver method: (identifier) @name) @code ${oneOf('@name', 'system exec spawn fork eval syscall instance_eval class_eval send __send__')})
    ((call receiver: (constant) @name method: (identifier)) @code ${oneOf('@name', 'Kernel Process Open3 PTY TCPSocket TCPServer UDPSocket Socket Marshal Fiddle ObjectSpace')})
    ((call method: (identifier) @name) @code ${oneOf('@name', 'popen popen2e? popen3 decode64 strict_decode64 unpack1? instance_eval class_eval module_eval public_send __send__ const_get')})
    ((call method: (identifier) @name arguments: (argument_list (string) @what)) @code (#match? @name "^open$") (#match? @what "^.[|]"))
    (subshell) @code
  `,
};
