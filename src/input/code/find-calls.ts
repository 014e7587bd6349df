import { readCalls } from './calls.ts';

/** Calls that start, load, connect or change something, by the language whose they are; names in lower case. */
const doing: readonly (readonly [name: RegExp, language: string])[] = [
  [
    /^(?:os|posix|nt)\.(?:system|popen\d?|exec\w*|spawn\w*|posix_spawn\w*|fork\w*|kill\w*|remove\w*|unlink|rmdir|chmod|chown|set[ug]id|dup2?|rename|mkfifo|listdir|walk|scandir|putenv|startfile|symlink)$/,
    'Python',
  ],
  [
    /^(?:subprocess|commands)\.(?:run|call|popen|check_\w+|getoutput|getstatusoutput)$|^shutil\.(?:rmtree|move|copy\w*|chown|unpack_archive)$|^socket\.(?:socket|create_connection|create_server)$|^pty\.(?:spawn|fork)$/,
    'Python',
  ],
  [
    /^ctypes\.(?:cdll|windll|pydll|cast)\b|^asyncio\.create_subprocess_\w+$|^importlib\.(?:import_module|reload|util)|^(?:__builtins__|builtins)[.[]|^(?:pickle|marshal|dill|cloudpickle|shelve|joblib)\.(?:loads?|open)$|^yaml\.unsafe_load$|^urllib\.request\.(?:urlopen|urlretrieve)$|^(?:requests|httpx)\.(?:get|post|put|request)$|^sys\.(?:modules\[\]|settrace|setprofile)|^code\.interact$|^runpy\.run_\w+$/,
    'Python',
  ],
  [
    /(?:\[\]|\(\))\.(?:system|popen|check_output|run_?code|exec_command)$|^open\(\)\.(?:read\w*|write\w*|close)$|\(\)\.(?:start|connect|then|invoke|send\w*)$|^pathlib\.path\(\)\.\w+$/,
    'a call of code',
  ],
  [
    /^(?:kernel|process|pty|open3|shell)\.(?:exec|spawn|system|popen\w*|fork|open|capture\w*|daemon|exit|kill|send|eval|load|require|pipeline\w*)$|^(?:io|file|dir)\.(?:popen|sysopen|binread|binwrite|write|delete|unlink|readlines?|foreach|rename|chmod|glob|entries|children|each_child|mkdir|rmdir)$|^(?:instance_eval|class_eval|module_eval)$|^(?:marshal|yaml|psych)\.(?:load|unsafe_load)$|^fileutils\.(?:rm\w*|cp\w*|mv|chmod\w*|chown\w*)$|^uri\.open$|^(?:object|class|module|kernel)\.const_get$|\.(?:instance_eval|class_eval|module_eval|public_send|__send__|define_method)$/,
    'Ruby',
  ],
  [
    /^(?:vm|child_process)\.(?:run\w+|exec\w*|spawn\w*|fork)$|^(?:document|window\.document)\.(?:write\w*|createelement|queryselector\w*|getelement\w+|location\.\w+)$|^(?:window|globalthis|global|self|top)\.(?:open|eval|fetch|settimeout|setinterval|atob)$|^navigator\.sendbeacon$|^buffer\.from$|^deno\.(?:run|command|readtextfile\w*)$|^bun\.(?:spawn\w*|file)$|^reflect\.\w+$|^wscript\.\w+$/,
    'JavaScript',
  ],
  [/^(?:reflectionfunction|reflectionmethod|reflectionclass|ffi\.\w+|splfileobject)$/, 'PHP'],
  [/^io\.socket(?:\.\w+)*\.new$|^(?:lwp|http\.tiny|net\.\w+)\.\w+(?:\.\w+)*$/, 'Perl'],
];

/** The language of a call that does something, where there is one with arguments; those without are named in prose. */
export function findDoingCall(text: string): string | undefined {
  if (!text.includes('(')) return undefined;
  for (const { name, hasArguments } of readCalls(text)) {
    if (name === 'os.fork' || name === 'os.forkpty') return 'Python';
    if (!hasArguments && !/\(\)\.(?:read\w*|start|close|connect)$/.test(name)) continue;
    for (const [pattern, language] of doing) if (pattern.test(name)) return language;
  }
  return undefined;
}
