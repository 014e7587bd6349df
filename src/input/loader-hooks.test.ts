import { describe, expect, it } from 'vitest';
import { findLoaderHook } from './loader-hooks.ts';

describe('a hook', () => {
  it.each<[name: string, value: string]>([
    ['LD_PRELOAD', '/app/hook.so'],
    ['LD_AUDIT', '/app/a.so'],
    ['LD_LIBRARY_PATH', '/tmp:/usr/lib'],
    ['BASH_ENV', '/tmp/x'],
    ['ENV', '$(id)'],
    ['PROMPT_COMMAND', 'curl x|sh'],
    ['BASH_FUNC_ls%%', '() { id; }'],
    ['NODE_OPTIONS', '--max-old-space-size=64 --require /tmp/x.js'],
    ['NODE_OPTIONS', '--import=data:text/javascript,x'],
    ['PYTHONSTARTUP', '/tmp/x.py'],
    ['PYTHONPATH', '/app:/tmp/lib'],
    ['PERL5OPT', '-Mevil'],
    ['PERL5LIB', '/dev/shm'],
    ['RUBYOPT', '-r/tmp/x.rb'],
    ['JAVA_TOOL_OPTIONS', '-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005'],
    ['JAVA_OPTS', '-javaagent:/tmp/x.jar'],
    ['_JAVA_OPTIONS', '-javaagent:/app/agent.jar'],
    ['GIT_SSH_COMMAND', 'sh -c id'],
    ['GIT_PAGER', 'sh -c id'],
    ['EDITOR', 'vim; id'],
    ['PHP_INI_SCAN_DIR', '/tmp'],
    ['DOTNET_STARTUP_HOOKS', '/app/x.dll'],
    ['NODE_OPTIONS', '--inspect=0.0.0.0:9229'],
    ['ZDOTDIR', '/tmp'],
    ['GOFLAGS', '-mod=mod -toolexec=/app/x'],
    ['RUSTC_WRAPPER', '/tmp/x'],
    ['PATH', '/tmp:/usr/bin'],
    ['PATH', '.:/usr/bin'],
    ['LD_PRELOAD', 'libother.so'],
    ['GTK_MODULES', '/tmp/x.so'],
    ['CVS_RSH', '/tmp/x'],
    ['PROMPT_COMMAND', 'x'],
    ['GLIBC_TUNABLES', 'glibc.a.b=glibc.a.b=C'],
    ['LD_PRELOAD', '/tmp/libjemalloc.so.2'],
    ['BASH_ENV', '/srv/x.sh'],
    ['ENV', '/tmp/.profile'],
    ['PYTHONUSERBASE', '/tmp/x'],
    ['UV_INDEX_URL', 'http://packages.example.com/simple'],
    ['LOGGING_CONFIG', 'http://a.example/x.xml'],
    ['SPRING_CONFIG_LOCATION', 'optional:https://a.example/'],
  ])('%s=%s', (name, value) => {
    expect(findLoaderHook(name, value)).toMatchObject({ rule: 'input/loader-hook' });
  });

  it('is worse where the library can be replaced', () => {
    expect(findLoaderHook('LD_PRELOAD', '/tmp/x.so')).toMatchObject({ severity: 'critical' });
  });
});

describe('no hook', () => {
  it.each<[name: string, value: string]>([
    ['LD_PRELOAD', ''],
    ['LD_PRELOAD', '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2'],
    ['PROMPT_COMMAND', 'history -a'],
    ['QT_PLUGIN_PATH', '/usr/lib/qt5/plugins'],
    ['LD_PRELOAD', 'libjemalloc.so.2'],
    ['LD_PRELOAD', '/usr/lib/libgomp.so.1'],
    ['BASH_ENV', '/etc/profile'],
    ['BASH_ENV', '~/.bashrc'],
    ['ENV', '/root/.profile'],
    ['PYTHONUSERBASE', '/data/packages'],
    ['LOGGING_CONFIG', 'classpath:logback.xml'],
    ['SPRING_CONFIG_LOCATION', 'file:/config/'],
    ['LD_LIBRARY_PATH', '/usr/local/lib:/opt/app/lib'],
    ['ENV', 'production'],
    ['NODE_OPTIONS', '--max-old-space-size=4096 --enable-source-maps'],
    ['PYTHONPATH', '/app'],
    ['PYTHONUNBUFFERED', '1'],
    ['JAVA_TOOL_OPTIONS', '-Xmx1g -Dfile.encoding=UTF-8'],
    ['JAVA_OPTS', '-javaagent:/opt/opentelemetry/agent.jar'],
    ['RUBYOPT', '-W0'],
    ['GIT_SSH_COMMAND', 'ssh -o StrictHostKeyChecking=no'],
    ['PAGER', 'less -R'],
    ['EDITOR', 'vim'],
    ['SHELL', '/bin/bash'],
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ['GEM_HOME', '/usr/local/bundle'],
    ['PHP_INI_DIR', '/usr/local/etc/php'],
    ['NODE_ENV', 'production'],
  ])('%s=%s', (name, value) => {
    expect(findLoaderHook(name, value)).toBeUndefined();
  });
});
