/**
 * Names of programs, by how much one says where data is expected. Facts from GTFOBins, the POSIX utilities and the word
 * lists of the OWASP core rule set (families 932 100 to 932 400).
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** No word of prose and no service: followed by anything, it is a command. */
const plain = words(`
7z 7za 7zr 7zx addgroup adduser agetty ansible apt apt-get aptitude aria2c arj arp ascii-xfr ascii85 ash at atobm auditctl
aureport ausearch awk base32 base64 basenc bash bpftrace bsdcat bsdiff bsdtar bunzip2 busctl busybox byebug bzcat bzcmp
bzdiff bzegrep bzexe bzfgrep bzgrep bzip2 bzip2recover bzless bzmore c89 c89-gcc c99 c99-gcc capsh cat chattr chdir
check_by_ssh check_cups check_log check_memory check_raid check_ssl_cert check_statusfile chflags chgpasswd chgrp chmod
choom chown chpass chroot chsh clang clang++ cmd cmp cobc cobcrun coproc cowsay cowthink cp cpan cpio cpulimit crontab cscli csh
csplit csvtool cupsfilter curl dash dd df dhclient dig dmesg dmidecode dmsetup dnf doas dosbox dpkg dpkg-query du dvips
e2fsck easy_install egrep emacs env env-update eqn esh eval exiftool expr facter fdfind fdisk fdmount fdumount fgrep
filetest flock fmt foreach fping fping6 ftp ftpstats ftpwho gawk gcc gcore gdb genisoimage getent getcap getfacl ghc ghci ginsh gpg
grcat grep groupmod gtester gunzip gzcat gzexe gzip hexdump hostid hostname hping3 htdigest htop htpasswd iconv id ifconfig iftop
ionice iostat ip ip6tables ipconfig ippeveprinter ippfind ipptool iptables irb ispell jexec jjs journalctl jq jrunscript
killall kubectl ksh ksshell lastcomm lastlog lastlogin ldconfig ldd lessecho lessfile lesspipe lftp lftpget ln loginctl logname
logsave losetup lp ls ls-f lsb_release lscpu lshw lsmod lsof lspci lsusb ltrace lua lualatex luatex lwp-download
lwp-dump lwp-mirror lwp-request lz4 lz4c lz4cat lzcat lzcmp lzdiff lzegrep lzfgrep lzgrep lzless lzma lzmadec lzmainfo
lzmore mailq mailx mawk mkdir mkfifo mknod mktemp mlocate msgattrib msgcat msgconv msgfilter msgmerge msguniq mtr mv
nasm nawk nc nc.openbsd nc.traditional ncat neofetch netcat netkit-ftp netplan netstat nm nmap nohup nping nroff nsenter
nslookup nstat od onintr openssl openvt opkg pacman passwd pdb2mb pdflatex pdftex pdksh perl perlsh pftp pgrep pidstat pigz
ping6 pip pip2 pip3 pipx pkexec pkg_info pkginfo pkill popd printenv printf psed psftp ps ptar ptardiff ptargrep ptx
pushd pwd pxz py3versions pypy python pyversions raku rar rbash rcp readelf realpath rlogin rlwrap rm rmdir rmt rmt-dump
rmt-tar rmuser rnano rpm rpmdb rpmquery rpmverify rsync rsync-ssl ruby run-mailcap run-parts runc rview rvim scp sdiff sed
sendmail setarch setcap setenv setfacl setsid sftp sg sh sh.distrib shuf slsh smbclient socat soelim sqlite3 ss ssh
ssh-add ssh-agent ssh-copy-id ssh-keygen ssh-keyscan sshpass start-stop-daemon stdbuf strace su sudo sudo-rs sudoedit
sudoreplay svn svnadmin sysctl systemctl systemd-resolve tac tailf tar taskset tbl tclsh tcpdump tcping tcptraceroute tcsh tee
telnet tftp timedatectl tmux traceroute traceroute6 troff tshark ulimit umask uname unexpand uniq unlz4 unlzma unpigz
unrar unshare unxz unzip unzstd up2date update-alternatives uconv useradd userdel usermod uudecode uuencode valgrind vi
vigr vim vimdiff vipw virsh visudo visudo-rs vmstat w3m wc wget whereis whiptail whoami whois wireshark xargs xelatex xetex
xmodmap xmore xterm xxd xz xzcat xzcmp xzdec xzdiff xzegrep xzfgrep xzgrep xzless xzmore yum zcat zcmp zdiff zegrep
zfgrep zgrep zipcloak zipcmp zipdetails zipgrep zipinfo zipmerge zipnote zipsplit ziptool zless zmodload zmore zrun zsh
zsoelim sysinfo insmod rmmod modprobe poweroff mkswap mke2fs pidof pstree zstd zstdcat zstdgrep zstdless zstdmt zypper bind-key unalias shopt readarray mapfile typeset compgen
`);

/** Also words of prose, or names of settings: a command only with arguments that look like those of one. */
const wordy = words(`
GET HEAD POST ab alias alpine ar arch as aspell atrm awk aws axel basename batch bind blkid bridge brwap builtin bundler
byobu bzz cal cancel cc cd chfn column comm command compress cut dash date dialog diff dir done dump echo ed
efax es ex exec expand expect export fc fd fetch fg fi file find finger fish fold free function genie gimp group groups halt hash hd head
highlight history host install jobs join kill knife last latex ld less links local locate login look lynx lz mail man more
mount mutt nano net nl nice octave parted paste patch pax perf perms pf pg pic pico ping pkg pr pry
 read reboot redcarpet rename repeat replace rev route rc sash sched screen script service set
shadow shells shift shutdown sleep snap sort source split stat strings tail task tcp test tex tic time timeout top touch trap
type udp ul uncompress unlink unset uptime view volatility wait wall watch whatis whence which who wish w yelp yes zathura zip
`);

/** What containers are started with; says nothing by itself. */
const starters = words(`
bundle composer docker eb flask gem git go gunicorn java make mongo mongosh mvn mysql mysqladmin mysqldump mysqlshow
node nginx npm npx php php-fpm pnpm psql python2 python3 python ruby rake redis-cli redis-server uvicorn yarn deno
bun dotnet catalina.sh celery certbot cron mosquitto openvpn puppet restic httpd apache2 apachectl caddy traefik crond tini dumb-init supervisord
`);

/** Plain ones of two and three letters that are also beginnings of dates, names and labels: `dd MMM yyyy`. */
const short = words(
  '7z ar arp at cp dd df du ftp gpg id ip irb jq ld ln lp ls lua mtr mv nm od pip ps rar rm rpm sed sg ss ssh su svn tr vi wc yum',
);

/** Names of whole families: `ansible-pull`, `chef-run`. */
const families = /^(?:ansible|chef|aa|ghc|apparmor|svn|dpkg|mkfs|zstd)[-_.]\w/;

/** Tell who and where one is, without an argument. */
export const bareCommands: ReadonlySet<string> = words(`
aptitude bash csh dash df dir dmesg env history hostname htop id ifconfig iostat ksh last lastlog login ls lsof lscpu lsmod mysql
netstat printenv ps psql pwd reboot screen set sh shutdown su top uname visudo vmstat w who whoami whois zsh users
tcsh ip ipconfig systeminfo tasklist ver passwd logname hostid mount jobs sudo nslookup arp ss cat wget curl nc nmap
lastlogin busybox tty uptime free groups date cal halt poweroff systeminfo sysinfo
`);

/** Programs of Windows that are no word of prose. */
const windows = words(`
acccheckconsole adplus advpack agentexecutor appinstaller appvlp aspnet_compiler atbroker bginfo bitsadmin cdb certoc
certreq certutil cl_invocation cl_loadassembly cl_mutexverifiers cmd cmdkey cmdl32 cmstp comsvcs configsecuritypolicy
conhost coregen createdump csc cscript csi customshellhost datasvcutil desktopimgdownldr devtoolslauncher dfshim dfsvc
diantz diskshadow dnscmd dnx dxcap esentutl eventvwr extexport extrac32 findstr fltmc forfiles fsi fsianycpu fsutil
gfxdownloadwrapper gpscript hh ie4uinit ieadvpack ieexec ieframe ilasm imewdbld infdefaultinstall installutil jsc ldifde
makecab manage-bde mavinject mftrace mmc mpcmdrun msbuild msconfig msdeploy msdt mshta mshtml msiexec msohtmed mspub
msxsl netsh ntdsutil odbcconf offlinescannershell openconsole pcalua pcwrun pcwutl pktmon pnputil powershell pwsh powerpnt
presentationhost printbrm procdump protocolhandler psr pubprn rasautou rcsi rdrleakdiag regasm regedit regini
register-cimprovider regsvcs regsvr32 rpcping rundll32 runexehelper runonce runscripthelper schtasks scriptrunner setres
settingsynchost setupapi shdocvw shell32 sqldumper sqlps sqltoolsps stordiag syncappvpublishingserver syssetup ttdinject
tttracer unregmp2 vbc verclsid vsjitdebugger wab winget winrm winword wlrmdr wmic workfolders wscript wsl wsreset wuauclt
xwizard zipfldr atmadm attrib auditpol autochk autoconv autofmt bcdboot bcdedit bdehdcfg bootcfg cacls chcp chglogon
chgport chgusr chkdsk chkntfs cleanmgr dcgpofix defrag dfsdiag dfsrmig diskcomp diskcopy diskpart diskperf diskraid
dispdiag doskey driverquery endlocal eventcreate evntcmd flattemp freedisk ftype fveupdate getmac gettype gpfixup
gpresult gpupdate graftabl helpctr icacls ipxroute irftp klist ksetup ktmutil ktpass lodctr logman lpq lpr macfile
mapadmin md mklink mountvol mqbkup mqsvc mqtgsvc msinfo32 mstsc nbtstat netcfg netdom nfsadmin nfsshare nfsstat nlbmgr
nltest ntbackup ntcmdprompt ntfrsutl openfiles pagefileconfig pathping pbadmin pentnt perfmon pnpunattend prncnfg
prndrvr prnjobs prnmngr prnport prnqctl pushprinterconnections pwlauncher qappsrv qprocess quser qwinsta rd rdpsign
refsutil regini relog repadmin rexec risetup robocopy rpcinfo rsh rwinsta scwcmd secedit serverceipoptin
servermanagercmd serverweroptin setx sfc showmount sxstrace sysocmgr systeminfo takeown tapicfg taskkill tasklist
tcmsetup tlntadmn tpmtool tpmvscmgr tracerpt tracert tscon tsdiscon tsecimp tskill tsprof typeperf tzutil unlodctr
vssadmin waitfor wbadmin wdsutil wecutil wevtutil winrs winnt winnt32 xcopy regsvr32 reg nslookup ipconfig
`);

/** Built into cmd.exe, or words of prose: with arguments of Windows only. */
const windowsWordy = words(`
active add append assign assoc at attributes automount break call cd change choice cipher clean clip cls color comp
compact control convert copy create date del delete desk detail dir echo edit erase excel exit explorer expose extend
extract expand filesystems find finger fondue for format ftp goto gpt help if inactive jetpack label launch-vsdevshell
list logoff microsoft mkdir mode more mount move msg net offline online path pause pester ping popd print prompt pushd
query rd recover rem remote remove ren rename repair replace rescan reset retain revert rmdir san sc select shadow shift
shrink shutdown sort squirrel ssh start subst te telnet tftp time timeout title tracker tree type unexpose uniqueid
update url utilityfunctions ver verifier verify vol where whoami wfc writer wt bash print dotnet
`);

/** Short names of PowerShell's commands. */
const powershellAliases = words(`
ac asnp chdir clc clhy cli clp clv cpi cpp cvpa dbp del dir ebp epal epcsv epsn etsn exsn fc fl foreach ft fw gal gbp gc
gci gcm gcs gdr ghy gi gjb gl gm gmo gp gps gsn gsnp gsv gu gv gwmi icm iex ihy ii ipal ipcsv ipmo ipsn iwmi iwr lp mi
mp nal ndr ni nmo nsn nv ogv popd pushd rbp rcjb rd rdr ren ri rjb rmdir rmo rni rnp rp rsn rsnp rv rvpa rwmi sajb sal
saps sasv sbp sc si sl sls sp spjb spps spsv sv swmi trcm wjb irm
`);

export type CommandWord = 'plain' | 'short' | 'wordy' | 'starter' | 'windows' | 'windows-wordy' | 'powershell';

/** What kind of program a name is that was freed of path and quotes; the version behind it does not count (`python3.10`). */
export function commandWord(name: string): CommandWord | undefined {
  const lower = name.toLowerCase();
  return (
    kindOf(lower) ??
    kindOf(lower.replace(/\.(?:exe|com|bat|cmd|ps1)$/, '')) ??
    (/\d/.test(lower) ? kindOf(lower.replace(/-?\d[\d.]*$/, '')) : undefined)
  );
}

function kindOf(name: string): CommandWord | undefined {
  if (starters.has(name)) return 'starter';
  if (short.has(name)) return 'short';
  if (plain.has(name) || families.test(name)) return 'plain';
  if (windows.has(name)) return 'windows';
  if (wordy.has(name)) return 'wordy';
  if (windowsWordy.has(name)) return 'windows-wordy';
  return powershellAliases.has(name) ? 'powershell' : undefined;
}

export function isWindowsWord(name: string): boolean {
  const lower = name.toLowerCase();
  return windows.has(lower) || windowsWordy.has(lower);
}

export function isPowershellAlias(name: string): boolean {
  return powershellAliases.has(name.toLowerCase());
}

/** Of every name that is known, those that a pattern of the shell could mean. */
export function commandsLike(pattern: RegExp): string | undefined {
  for (const set of [plain, bareCommands, starters]) for (const name of set) if (pattern.test(name)) return name;
  return undefined;
}
