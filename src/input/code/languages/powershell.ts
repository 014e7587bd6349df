import { type Language } from './language.ts';

const verbs =
  'Add|Checkpoint|Clear|Compare|Complete|Compress|Connect|Convert|ConvertFrom|ConvertTo|Copy|Debug|Disable|Disconnect|Enable|Enter|Exit|Expand|Export|Find|ForEach|Format|Get|Group|Import|Install|Invoke|Join|Limit|Measure|Move|New|Out|Pop|Protect|Publish|Push|Read|Receive|Register|Remove|Rename|Reset|Resolve|Restart|Restore|Resume|Save|Select|Send|Set|Show|Sort|Split|Start|Stop|Suspend|Switch|Tee|Test|Trace|Unblock|Undo|Uninstall|Unprotect|Unregister|Update|Use|Wait|Where|Write';
/** In lower case some settings are called alike: `connect-src`. */
const nouns =
  'item|itemproperty|content|childitem|process|service|object|expression|webrequest|restmethod|command|host|output|module|location|path|variable|alias|wmiobject|ciminstance|cimmethod|member|string|job|pssession|eventlog|winevent|acl|psdrive|credential|random|date|null|mppreference|scheduledtask\\w*|aduser|adcomputer|adgroup|localuser|localgroup|localgroupmember|clipboard|executionpolicy|computer|hotfix|bitstransfer|archive|type|csv|json|html|xml|clixml|securestring|unique|file|printer|transcript|sleep|package|netip\\w*|netfirewall\\w*|dnsname|netconnection|smb\\w*|certificate|history|help|verb|culture|timezone|uptime|guid|table|list|default';
const commandlet = `(?:(?:${verbs})-[A-Z]\\w+|(?i:(?:${verbs})-(?:${nouns})))`;
const aliases = '(?i:iex|iwr|irm|gci|gwmi|gcm|sal|nal|icm|saps|sajb|%|foreach|where|select|sort|ft|fl|out-null)';

export const powershell: Language = {
  name: 'PowerShell',
  grammar: 'powershell',
  hint: new RegExp(
    `\\b(?:${verbs})-[a-z]|\\$\\w[\\w:]*\\s{0,3}(?:[-+*]?=|\\.\\w|\\[|\\|)|\\[[A-Za-z][\\w.]*(?:\\[\\])?\\]\\s{0,3}(?:::|\\.[A-Z]|[$"'(\\d])|\\b(?:iex|iwr|irm|sal|gci|icm|saps|gwmi|param)\\b|(?:^|[\\s;|({=])[&.]\\s?(?:[("'{]|\\$\\w)|-(?:join|split|i?replace|bxor)\\b|["')]\\s?-f\\s|\\b(?:foreach|while|switch|function|try|if)\\s?[({\\w]|\\|\\s?[%?]|\\$\\(`,
    'i',
  ),
  thin: [
    'logical_expression',
    'bitwise_expression',
    'comparison_expression',
    'additive_expression',
    'multiplicative_expression',
    'format_expression',
    'range_expression',
    'array_literal_expression',
    'unary_expression',
    'logical_argument_expression',
    'bitwise_argument_expression',
    'comparison_argument_expression',
    'additive_argument_expression',
    'multiplicative_argument_expression',
    'format_argument_expression',
    'range_argument_expression',
    'argument_expression',
  ],
  prepare: (text) =>
    text
      // In one line the grammar wants what PowerShell does not, and knows some aliases not everywhere.
      .replace(/\bparam\s{0,4}\([^()\n]{0,400}\)(?=[ \t]{1,9}\S)/gi, '$&;')
      .replace(/\|\s{0,4}%(?=\s{0,4}[{\w])/g, '| foreach')
      .replace(/\|\s{0,4}\?(?=\s{0,4}[{\w])/g, '| where'),
  query: String.raw`
    ((command command_name: (command_name) @name command_elements: (command_elements [(command_parameter) (variable) (string_literal) (parenthesized_expression) (script_block_expression) (member_access) (sub_expression) (expression_with_unary_operator) (hash_literal_expression) (invokation_expression)])) @code (#match? @name "^${commandlet}$"))
    ((pipeline_chain (command command_name: (command_name) @name) (command)) @code (#match? @name "^${commandlet}$"))
    ((pipeline_chain (_) (command command_name: (command_name) @name)) @code (#match? @name "^(?:${commandlet}|${aliases})$"))
    ((command command_name: (command_name) @name command_elements: (command_elements [(command_parameter) (generic_token) (variable) (string_literal) (parenthesized_expression) (member_access) (invokation_expression)])) @code (#match? @name "^(?i:iex|iwr|irm|sal|nal|icm|saps|gwmi)$"))
    ((command command_name: (command_name) @name) @code (#match? @name "^(?:${verbs})-[A-Z]\w+[A-Z]\w+$"))
    (assignment_expression (left_assignment_expression [(variable) (member_access) (element_access) (cast_expression)]) value: (pipeline (pipeline_chain [(command command_elements: (_)) (string_literal) (variable) (invokation_expression) (member_access) (parenthesized_expression) (hash_literal_expression) (array_expression) (integer_literal) (real_literal) (expression_with_unary_operator) (cast_expression) (sub_expression) (additive_expression) (format_expression) (comparison_expression) (array_literal_expression) (element_access) (script_block_expression) (range_expression) (type_literal) (multiplicative_expression) (bitwise_expression)]))) @code
    (invokation_expression [(type_literal) (variable) (parenthesized_expression) (member_access) (invokation_expression) (string_literal)] (argument_list)) @code
    (command (command_invokation_operator) command_name: (command_name_expr [(script_block_expression) (path_command_name (variable)) (parenthesized_expression (pipeline (pipeline_chain [(string_literal) (additive_expression) (variable) (format_expression) (expression_with_unary_operator) (comparison_expression) (invokation_expression) (element_access) (member_access)])))])) @code
    ((command (command_invokation_operator) command_name: (command_name_expr (parenthesized_expression (pipeline (pipeline_chain (command command_name: (command_name) @name)))))) @code (#match? @name "^(?i:gcm|gal|get-command|get-alias|get-item|gi|resolve-path|rvpa|ls|dir|gci)$"))
    ((cast_expression (type_literal) @name) @code (#match? @name "^\[(?i:char|byte|scriptblock|convert|ref|int\[\]|char\[\]|byte\[\]|string|void|xml|regex|System\.[\w.]+)\]$"))
    ((member_access (type_literal)) @code (#match? @code "\.(?:Assembly|Get[A-Z]\w+|Module|BaseType)$"))
    ((member_access (type_literal)) @code (#match? @code "\]::\w"))
    ((command command_name: (command_name) @name command_elements: (command_elements (generic_token) @path)) @code (#match? @name "^${commandlet}$") (#match? @path "^(?:[A-Za-z]:|HK\w{2}:|\.{1,2})\\|://"))
    ((if_statement condition: (pipeline) @name (statement_block)) @code (#match? @name "^\$(?:true|false|null)$"))
    (format_expression (format_operator)) @code
    ((expression_with_unary_operator) @code (#match? @code "^-(?i:join|split|not|bnot)\b"))
    ((comparison_expression (comparison_operator) @name) @code (#match? @name "-(?i:join|split|i?replace|c?like|match|eq|ne|as|is|contains)$") (#match? @code "[$(\"'\[]"))
    (foreach_statement (variable)) @code
    (if_statement condition: (pipeline (pipeline_chain [(comparison_expression) (logical_expression) (invokation_expression) (member_access) (expression_with_unary_operator)])) (statement_block)) @code
    (while_statement condition: (while_condition) (statement_block (statement_list))) @code
    (function_statement (function_name) (script_block)) @code
    (try_statement) @code
    (param_block) @code
    (switch_statement) @code
    (for_statement) @code
    ((member_access (parenthesized_expression (pipeline (pipeline_chain (command))))) @code)
  `,
  acts: String.raw`
    ((command command_name: (command_name) @name) @code (#match? @name "^(?i:iex|icm|saps|sal|nal|invoke-expression|invoke-command|start-process|start-job|add-type|set-alias|new-alias|set-mppreference|register-scheduledtask)$"))
    ((command command_name: (command_name) @name command_elements: (command_elements (generic_token) @what)) @code (#match? @name "^(?i:new-object)$") (#match? @what "[Nn]et[.]|[Ss]ockets|[Ww]eb[Cc]lient|[Pp]rocess"))
    (command (command_invokation_operator)) @code
    ((member_name) @code (#match? @code "^(?i:Download\w+|Upload\w+|FromBase64String|Load\w*|Invoke\w*|Start|GetType|GetMethod|Create)$"))
    (format_expression (format_operator)) @code
    ((cast_expression (type_literal) @name) @code (#match? @name "^\[(?i:char|scriptblock|byte\[\])\]$"))
  `,
};
