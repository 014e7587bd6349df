import { expect, it } from 'vitest';
import { isPerl } from './perl.ts';

it.each([
  'my $x = shift; print $x;',
  'use strict;\nuse warnings;',
  'use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "a:1");',
  'foreach my $f (glob "/etc/*") { print $f; }',
  'sub x { system(@_) } x("id");',
  'while (<STDIN>) { print eval $_ }',
  'open(F, "|/bin/sh"); print F "id";',
  'unlink glob("/data/*");',
  '@{[system "id"]}',
  '$h->{a} = 1;',
  '$x =~ s/a/b/g;',
  'eval { require IO::Socket; };',
  'my @l = `ls`;',
  'Foo::Bar->run(1)',
  'exec "/bin/sh"',
  'push @list, $x;',
])('is Perl: %s', (text) => {
  expect(isPerl(text)).toBe(true);
});

it.each([
  'set $x "y"; proxy_pass http://$host;',
  'if ($request_method !~ ^(GET|HEAD)$) { return 405; }',
  '{{ printf "%s-%d" .Name .Id | quote }}',
  '@if($user) {{ $user->name }} @endif',
  '$3 > 100 { s += $3 } END { print s }',
  '$E = mc^2$ and $\\sum_{i=1}^{n} i$',
  'mongo --eval "rs.initiate()"',
  'sub vcl_recv { return (pass); }',
  'say "hi"',
  'use the force; it is open',
  'user=$(id -u) and 100% sure',
  'a, b; c, d',
  '',
])('is none: %s', (text) => {
  expect(isPerl(text)).toBe(false);
});

it('takes time in proportion to the text', () => {
  for (const piece of ['"', "'", 'q{', 's/a', 'm/', '`', '$a->{', '#', '\\', 'my $', ';', '{', 'q(', '!', '$a = ', '}'])
    expect(typeof isPerl(`$a;${piece.repeat(20_000)}`)).toBe('boolean');
});
