'use strict';

// `node bin/run.js scripts/test.ts ARGS…`: a script of this checkout under the right Node, with its packages installed.
const path = require('node:path');
const [script, ...args] = process.argv.slice(2);
require('./boot.js').boot(__filename, [script, ...args], path.resolve(__dirname, '..', script));
