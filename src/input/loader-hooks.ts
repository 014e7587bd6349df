import type { Severity } from '../model/index.ts';
import type { Mark } from './mark.ts';

interface Hook {
  readonly name: RegExp;
  /** What a value has to have so that it loads or runs something; absent: any does. */
  readonly value?: RegExp;
  readonly does: string;
  readonly severity?: Severity;
}

/** Directories that whoever got into a container can write to, or that come from outside. */
const writable =
  /(?:^|[:;=,\s])(?:\.{1,2}(?:\/|:|$)|\/tmp\b|\/var\/tmp\b|\/dev\/shm\b|\/proc\b|\/run\b|\/mnt\b|\/media\b|\/home\b|\/root\b|~|\\\\|[a-z]+:\/\/)|::/i;
const program = /\S/;

/** Variables by which loaders and interpreters take in other code. From the manual pages of ld.so, bash, node, perl, ruby, java, git. */
const hooks: readonly Hook[] = [
  {
    name: /^LD_PRELOAD$/,
    value:
      /(?:^|[:\s])(?!(?:(?:\/usr(?:\/local)?)?\/lib(?:64)?\/(?:[\w.-]+\/)?)?(?:faketime\/)?lib(?:jemalloc|tcmalloc|mimalloc|snmalloc|hardened_malloc|gomp|iomp5|omp|stdc\+\+|gcc_s|nss_wrapper|uid_wrapper|faketime|fakeroot|eatmydata|gcompat|asan|cuda|nvidia)[\w.+-]*\.so[\w.]*(?=[:\s]|$))[^:\s]/,
    does: 'loads a library into every program',
  },
  {
    name: /^LD_PRELOAD$/,
    value: writable,
    does: 'loads a library that can be replaced into every program',
    severity: 'critical',
  },
  {
    name: /^(?:LD_AUDIT|DYLD_INSERT_LIBRARIES|LD_PROFILE)$/,
    value: program,
    does: 'loads a library into every program',
  },
  {
    name: /^(?:LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|LD_ORIGIN_PATH)$/,
    value: writable,
    does: 'takes libraries from a directory that can be written to',
  },
  {
    name: /^GLIBC_TUNABLES$/,
    value: /=.*=.*=|(\w[\w.]*)=\1=|malloc\.(?:mxfast|tcache_count)=.{64,}/,
    does: 'is how CVE-2023-4911 is used',
    severity: 'critical',
  },
  {
    name: /^(?:GCONV_PATH|LOCPATH|NLSPATH|RES_OPTIONS|HOSTALIASES|MALLOC_TRACE)$/,
    value: writable,
    does: 'makes the C library read files of others',
  },
  {
    name: /^(?:BASH_ENV|ENV)$/,
    // Not what shells read when somebody logs in.
    value:
      /^\s*(?!(?:\/etc\/(?:profile|bashrc|bash\.bashrc|environment|profile\.d\/[\w.-]+)|(?:~|\/root|\/home\/[\w-]+|\$\{?HOME\}?)\/\.(?:bash|ash|sh|k|mk)?(?:rc|_profile|profile|env|_env))\s*$)(?:\/|\.|~|\$|`).*/,
    does: 'is a script that shells run when they start',
  },
  {
    name: /^PROMPT_COMMAND$/,
    value: /^(?!\s*history\s+-\w(?:\s*;\s*history\s+-\w){0,3}\s*$)\s*\S/,
    does: 'is a command that shells run',
  },
  {
    name: /^(?:GTK_MODULES|GTK_PATH|QT_PLUGIN_PATH|QT_QPA_PLATFORM_PLUGIN_PATH|GST_PLUGIN_PATH|GIO_EXTRA_MODULES|SASL_PATH|VK_LAYER_PATH|CVS_RSH|RSYNC_RSH|SVN_SSH)$/,
    value: /(?:^|[:;=,\s])(?:\/tmp\b|\/var\/tmp\b|\/dev\/shm\b|\/proc\b|\.{1,2}\/)/,
    does: 'makes programs load or start something that can be replaced',
  },
  { name: /^(?:PS4|PS0)$/, value: /\$\(|`|[;|&]|\/\w|\w\s+\S/, does: 'is a command that shells run' },
  { name: /^BASH_FUNC_.*(?:%%|\(\))$/, value: program, does: 'replaces a command in shells' },
  {
    name: /^NODE_OPTIONS$/,
    value:
      /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader|--eval|-e|--openssl-config|--icu-data-dir|--env-file|--experimental-config-file)(?:[\s=]|$)|(?:^|\s)--inspect(?:-brk|-wait|-port)?=(?!127\.|localhost|\[?::1)[\w.[\]:]*[.:]/,
    does: 'makes Node.js load other code',
  },
  { name: /^NODE_PATH$/, value: writable, does: 'takes modules from a directory that can be written to' },
  {
    name: /^(?:NODE_REPL_EXTERNAL_MODULE|NODE_EXTRA_CA_CERTS_HOOK|NPM_CONFIG_SCRIPT_SHELL|npm_config_script_shell|npm_config_node_options|NPM_CONFIG_NODE_OPTIONS)$/i,
    value: /\S/,
    does: 'makes Node.js or npm run other code',
  },
  {
    name: /^NODE_TLS_REJECT_UNAUTHORIZED$/,
    value: /^\s*0/,
    does: 'switches off the verification of certificates',
    severity: 'medium',
  },
  {
    name: /^(?:PYTHONSTARTUP|PYTHONBREAKPOINT|PYTHONINSPECT|PYTHONWARNINGS_HOOK)$/,
    value: /[/.]\w|os\.|pty|^\s*\w+\.\w+/,
    does: 'makes Python run other code',
  },
  {
    name: /^(?:PYTHONPATH|PYTHONHOME|PYTHONPLATLIBDIR|PYTHONUSERBASE)$/,
    value: writable,
    does: 'takes modules from a directory that can be written to',
  },
  { name: /^PYTHONWARNINGS$/, value: /antigravity|::[^:]*\.\w/, does: 'makes Python import a module of its choice' },
  { name: /^(?:PERL5OPT)$/, value: /-[mMIdD]|-e/, does: 'makes Perl load other code' },
  { name: /^PERL5DB$/, value: program, does: 'is code that Perl runs' },
  { name: /^(?:PERL5LIB|PERLLIB)$/, value: writable, does: 'takes modules from a directory that can be written to' },
  { name: /^RUBYOPT$/, value: /(?:^|\s)-(?:r|I|e|C|S)/, does: 'makes Ruby load other code' },
  {
    name: /^(?:RUBYLIB|GEM_PATH|GEM_HOME|BUNDLE_GEMFILE)$/,
    value: /(?:^|:)(?:\.{1,2}\/|\/tmp\b|\/var\/tmp\b|\/dev\/shm\b|\/proc\b)/,
    does: 'takes modules from a directory that can be written to',
  },
  {
    name: /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|JAVA_OPTS|CATALINA_OPTS|JAVA_OPTIONS|JVM_OPTS|JAVA_ARGS|MAVEN_OPTS|GRADLE_OPTS|SBT_OPTS|ES_JAVA_OPTS|JVMFLAGS|KAFKA_OPTS|LS_JAVA_OPTS)$/,
    value:
      /(?:^|\s)"?-(?:agentpath:|agentlib:(?!jdwp=[^\s]*address=(?:127\.0\.0\.1|localhost):)|javaagent:(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|https?:|\.{1,2}\/)|Xbootclasspath|Xrun|XX:(?:\+UnlockDiagnosticVMOptions\s.*)?(?:OnOutOfMemoryError|OnError)=)/,
    does: 'makes Java load other code or run a command',
  },
  {
    name: /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/,
    value: /-javaagent:|(?:^|\s)@\S/,
    does: 'makes Java load an agent',
    severity: 'medium',
  },
  {
    name: /^CLASSPATH$/,
    value: /(?:^|[:;])(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|https?:)/,
    does: 'takes classes from a directory that can be written to',
  },
  {
    name: /^(?:GIT_SSH_COMMAND|GIT_PROXY_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|GIT_SSH|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|SUDO_ASKPASS)$/,
    value:
      /[;|&`]|\$\(|(?:^|\s)(?:ba|da|z)?sh\s|ProxyCommand|LocalCommand|\/(?:tmp|dev\/shm|var\/tmp|proc)\b|-o\s*PermitLocal|https?:/i,
    does: 'is a command that git runs',
  },
  {
    name: /^GIT_CONFIG_(?:VALUE|PARAMETERS|KEY)\w*$/,
    value: /^!|core\.(?:sshcommand|pager|fsmonitor|editor|hookspath|askpass)|alias\.|(?:^|\s)sh\s/i,
    does: 'is a command that git runs',
  },
  {
    name: /^(?:PAGER|GIT_PAGER|MANPAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|BROWSER|LESSOPEN|LESSCLOSE|SYSTEMD_PAGER|AWS_PAGER|KUBE_EDITOR|SUDO_EDITOR|FCEDIT|SHELL)$/,
    value:
      /[;&`]|\$\(|(?<!\|)\|(?!\|)(?!.*lesspipe)|(?:^|[\s/])(?:ba|da|z|k)?sh\s+-|(?:^|\s)\/(?:tmp|dev\/shm|var\/tmp|proc)\//,
    does: 'is a command that programs run',
  },
  {
    name: /^(?:PHP_INI_SCAN_DIR|PHPRC)$/,
    value: /(?:^|:)(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|\.{1,2}(?:\/|$)|\/home|\/run)/,
    does: 'takes settings of PHP, which load code, from a directory that can be written to',
  },
  {
    name: /^(?:LUA_INIT(?:_\d_\d)?|AWKLIBPATH|TCLLIBPATH|R_PROFILE|R_PROFILE_USER|R_ENVIRON|JULIA_LOAD_PATH|ERL_FLAGS|ERL_AFLAGS|ERL_ZFLAGS|ELIXIR_ERL_OPTIONS)$/,
    value: /^@|\(|(?:^|\s)-(?:eval|run|s|init_debug)\s|\/tmp|\/dev\/shm|\/proc/,
    does: 'is code that an interpreter runs',
  },
  {
    name: /^(?:DOTNET_STARTUP_HOOKS|CORECLR_PROFILER_PATH\w*|COR_PROFILER_PATH\w*|COMPLUS_\w*PROFILER\w*)$/i,
    value: /\/tmp|\/var\/tmp|\/dev\/shm|\/proc|\/home|\\temp\\|\\\\/i,
    does: 'makes .NET load other code',
  },
  { name: /^DOTNET_STARTUP_HOOKS$/, value: program, does: 'makes .NET load other code', severity: 'medium' },
  {
    name: /^(?:OPENSSL_CONF|OPENSSL_ENGINES|OPENSSL_MODULES|SSLKEYLOGFILE|KRB5_CONFIG|VIMINIT|EXINIT|INPUTRC|TERMINFO|WGETRC|CURL_HOME|RIPGREP_CONFIG_PATH|PIP_CONFIG_FILE|MYVIMRC)$/,
    value: /(?:^|=)(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|\.{1,2}\/)|!|\bsystem\(/,
    does: 'makes programs read settings that load code',
  },
  {
    name: /^(?:PIP_INDEX_URL|PIP_EXTRA_INDEX_URL|UV_(?:DEFAULT_|EXTRA_)?INDEX(?:_URL)?|YARN_REGISTRY|NPM_CONFIG_REGISTRY|npm_config_registry)$/,
    value: /^\s*http:\/\/(?!(?:localhost|127\.|10\.|192\.168\.|[\w-]+(?::|\/|$)))/,
    does: 'takes packages over a connection that nobody verifies',
    severity: 'medium',
  },
  {
    name: /^PATH$/,
    value: /(?:^|:)(?:\/tmp|\/var\/tmp|\/dev\/shm|\/proc|\.{1,2}(?=:|\/|$))/,
    does: 'takes programs from a directory that all can write to',
  },
  {
    name: /^ZDOTDIR$/,
    value: writable,
    does: 'is where zsh looks for scripts that it runs when it starts',
  },
  { name: /^GOFLAGS$/, value: /(?:^|\s)-(?:toolexec|exec|overlay|modfile)=/, does: 'makes go run other programs' },
  {
    name: /^(?:RUSTC|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|CARGO_BUILD_RUSTC_WRAPPER|CARGO_TARGET_\w+_(?:RUNNER|LINKER))$/,
    value: writable,
    does: 'is a program that cargo runs',
  },
  {
    name: /^(?:MAKEFLAGS|GNUMAKEFLAGS)$/,
    value: /--eval|(?:^|\s)-f\s|\$\(shell/,
    does: 'makes make run other commands',
  },
  {
    name: /^(?:LOGGING_CONFIG|LOGGING_CONFIG_LOCATION|LOG4J_CONFIGURATION_FILE|LOG4J_CONFIGURATIONFILE|SPRING_CONFIG_(?:ADDITIONAL_)?LOCATION|SPRING_APPLICATION_JSON)$/i,
    value:
      /^\s*(?:optional:)?(?:https?|ftp|jar|jndi|ldaps?|rmi):|logging[._]config"\s*:\s*"(?:https?|ftp|jar|jndi|ldaps?):/i,
    does: 'makes Java read settings, which load code, from somewhere else',
  },
  { name: /^IFS$/, value: program, does: 'changes how shells read what they run' },
];

/** What each of the names has a word of. */
const hooked =
  /^(?:LD|DYLD|GLIBC|GCONV|LOC|NLS|RES_|HOSTA|MALLOC|BASH|ENV$|PROMPT|PS\d|NODE|NPM|npm|PYTHON|PERL|RUBY|GEM|BUNDLE|JAVA|_JAVA|JDK|CATALINA|JVM|MAVEN|GRADLE|SBT|ES_|KAFKA|LS_|CLASSPATH|GIT|SSH|SUDO|PAGER|MANPAGER|EDITOR|VISUAL|BROWSER|LESS|SYSTEMD|AWS_PAGER|KUBE_|FCEDIT|SHELL|PHP|LUA|AWK|TCL|R_|JULIA|ERL|ELIXIR|DOTNET|COR|COMPLUS|OPENSSL|SSLKEY|KRB5|VIM|EXINIT|INPUTRC|TERMINFO|WGETRC|CURL_|RIPGREP|PIP|MYVIMRC|PATH$|IFS$|ZDOT|GO|RUSTC|CARGO|MAKE|GNUMAKE|UV_|YARN|LOG|SPRING|GTK|QT_|GST|GIO|SASL|VK_|CVS|RSYNC|SVN)/i;

/** Variables that make a loader or an interpreter take in other code, by what their value does: a limit of memory is none. */
export function findLoaderHook(name: string, value: string): Mark | undefined {
  if (value === '' || name.length > 100 || !hooked.test(name)) return undefined;
  const text = value.slice(0, 4096);
  let worst: Mark | undefined;
  for (const hook of hooks) {
    if (!hook.name.test(name) || !(hook.value?.test(text) ?? true)) continue;
    const mark: Mark = {
      rule: 'input/loader-hook',
      what: hook.does,
      confidence: 'likely',
      ...(hook.severity === undefined ? {} : { severity: hook.severity }),
    };
    if (worst === undefined || hook.severity === 'critical') worst = mark;
  }
  return worst;
}
