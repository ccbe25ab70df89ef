#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { boundHeap } from './heap.js';

// The libraries below print argv where DEBUG is set, and argv may hold a password.
delete process.env.DEBUG;

// There is no TypeScript to load and no developer to warn, whatever the environment of the user says.
process.env.NODE_ENV = 'production';

boundHeap();

// Four times of V8's own: of a run of some seconds it spends a quarter on optimising what is soon over.
// V8 knows the flag up to Node 20 only, and complains of one that it does not know.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=270336');

const { main } = await import('../dist/commands/main.js');
await main(process.argv.slice(2), import.meta.url);
