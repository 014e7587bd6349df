import type { Cataloger, ExaminerSource, WantedFiles } from '../model/index.ts';
import { apkCataloger } from './apk/apk-cataloger.ts';
import { dotnetCataloger } from './dotnet/dotnet-cataloger.ts';
import { dpkgCataloger } from './dpkg/dpkg-cataloger.ts';
import { goCataloger } from './go/go-cataloger.ts';
import { javaCataloger } from './java/java-cataloger.ts';
import { lockFilesCataloger } from './lock-files/lock-files-cataloger.ts';
import { npmCataloger } from './npm/npm-cataloger.ts';
import { osReleaseWants } from './os-release/read-distribution.ts';
import { phpCataloger } from './php/php-cataloger.ts';
import { pythonCataloger } from './python/python-cataloger.ts';
import { rpmCataloger } from './rpm/rpm-cataloger.ts';
import { rubyCataloger } from './ruby/ruby-cataloger.ts';
import { runtimesCataloger } from './runtimes/runtimes-cataloger.ts';
import { rustCataloger } from './rust/rust-cataloger.ts';
import { sbomCataloger } from './sbom/sbom-cataloger.ts';

/** Every cataloger, a folder each. Distributions first: they own files of the others. */
export const catalogers: readonly Cataloger[] = [
  dpkgCataloger,
  apkCataloger,
  rpmCataloger,
  npmCataloger,
  pythonCataloger,
  goCataloger,
  javaCataloger,
  rubyCataloger,
  rustCataloger,
  phpCataloger,
  dotnetCataloger,
  runtimesCataloger,
  lockFilesCataloger,
  sbomCataloger,
];

/** What a source must keep at hand for all catalogers. */
export function wantedFiles(): WantedFiles {
  return {
    patterns: [...new Set([...osReleaseWants, ...catalogers.flatMap((cataloger) => cataloger.wants)])],
    marks: catalogers.flatMap((cataloger) => cataloger.marks ?? []),
  };
}

/** Who must look into files for all catalogers. */
export function catalogExaminers(): readonly ExaminerSource[] {
  return catalogers.flatMap(({ examiner }) => examiner ?? []);
}
