/*
 * `npm run bench`: sipdoctor, tshark and tcpdump on the same made-up captures in turn, as ratios of CPU time and of
 * wall time, and peak memory. `--small` is a quick run, whose ratios say little. Exits 1 where a must does not hold.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRegistrations, makeTrunk, writeAccounts } from './traffic.mjs';

const TIME = '/usr/bin/time';
const SIPDOCTOR = join(import.meta.dirname, '../bin/run.js');
const ROUNDS = 3;
const MEGABYTE = 1_000_000;
/** Megabytes. */
const MEMORY = 250;
const isSmall = process.argv.includes('--small');
const scale = isSmall ? 0.05 : 1;
const rounds = isSmall ? 1 : ROUNDS;

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-bench-'));
process.once('SIGINT', () => {
	rmSync(folder, { recursive: true, force: true });
	process.exit(130);
});

function say(text) {
	process.stdout.write(`${text}\n`);
}

/** Wall and CPU seconds and peak MB of one run; undefined where the program is not installed. */
function measure(command, args) {
	const log = join(folder, 'time.txt');
	const result = spawnSync(TIME, ['-o', log, '-f', '%e %U %S %M', command, ...args], {
		stdio: ['ignore', 'ignore', 'pipe'],
		encoding: 'utf8',
		cwd: folder,
	});
	if (result.error !== undefined || result.status === 127) return undefined;
	if (result.status !== 0)
		throw new Error(`${command} ended with ${result.status}: ${result.stderr}`);
	const [wall, user, system, kilobytes] = readTimes(log);
	return { wall, cpu: user + system, peak: kilobytes / 1000 };
}

function readTimes(log) {
	const { stdout } = spawnSync('tail', ['-n', '1', log], { encoding: 'utf8' });
	return stdout.trim().split(' ').map(Number);
}

function median(values) {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function middle(runs) {
	const pick = (key) => median(runs.map((run) => run[key]));
	return { wall: pick('wall'), cpu: pick('cpu'), peak: Math.max(...runs.map(({ peak }) => peak)) };
}

const analyse = (file) => [
	process.execPath,
	[SIPDOCTOR, 'analyze', file, '--accounts', 'accounts.csv', '--fail-on', 'never'],
];
const analyseToJson = (file) => {
	const [node, args] = analyse(file);
	return [node, [...args, '--json', '-o', '/dev/null']];
};
const tshark = (file) => ['tshark', ['-r', file, '-Y', 'sip.Method==REGISTER']];
const tcpdump = (file) => ['tcpdump', ['-nr', file, '-w', '/dev/null', 'udp port 5060']];

/** The programs in turn, so that a busy machine is busy for all; undefined for one that is not installed. */
function compare(file, programs) {
	const runs = programs.map(() => []);
	for (let round = 0; round < rounds; round += 1) {
		for (const [index, program] of programs.entries()) {
			const run = measure(...program(file));
			if (run !== undefined) runs[index].push(run);
		}
	}
	return runs.map((list) => (list.length === 0 ? undefined : middle(list)));
}

const broken = [];

function must(what, value, limit) {
	if (value === undefined) return say(`  skipped: ${what}`);
	const holds = value <= limit;
	// A quick run measures mostly the start.
	if (!holds && !isSmall) broken.push(what);
	say(`  ${holds ? 'holds' : 'BROKEN'}: ${what}: ${value.toFixed(3)}, at most ${limit.toFixed(3)}`);
}

function show(name, run) {
	if (run === undefined) return say(`  ${name} is not installed here: skipped`);
	const { wall, cpu, peak } = run;
	say(
		`  ${name.padEnd(10)} ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, peak ${peak.toFixed(0)} MB`,
	);
}

function ratio(ours, theirs, key) {
	return theirs === undefined || theirs[key] === 0 ? undefined : ours[key] / theirs[key];
}

function bench(title, file, made, limit) {
	say(`${title}: ${(made.bytes / MEGABYTE).toFixed(0)} MB, ${made.packets} packets`);
	const [ours, shark, dump] = compare(file, [analyse, tshark, tcpdump]);
	show('sipdoctor', ours);
	show('tshark', shark);
	show('tcpdump', dump);
	must('CPU time by that of tshark', ratio(ours, shark, 'cpu'), limit);
	must('wall time by that of tshark', ratio(ours, shark, 'wall'), limit);
	const toTcpdump = ratio(ours, dump, 'cpu');
	if (toTcpdump !== undefined) say(`  by that of tcpdump: ${toTcpdump.toFixed(1)} (aim 1.5)`);
	must('peak memory in MB', ours.peak, MEMORY);
	const json = measure(...analyseToJson(file));
	show('as JSON', json);
	must('peak memory in MB', json.peak, MEMORY);
	rmSync(join(folder, file));
	return ours.peak;
}

function run() {
	if (!existsSync(TIME)) throw new Error(`${TIME} is needed (package time)`);
	writeAccounts(join(folder, 'accounts.csv'), 3000, writeFileSync);
	const peaks = [];
	for (const format of ['pcap', 'pcapng']) {
		const file = `trunk.${format}`;
		const made = makeTrunk(join(folder, file), {
			format,
			bytes: 1000 * MEGABYTE * scale,
			phones: 3000,
		});
		peaks.push(bench(`trunk, 95 % RTP, ${format}`, file, made, 1 / 12));
	}
	// A refresh every 30 s. Each phone has a price of its own, so few tell of another cost than many; of the most there
	// are more than are kept, and each registers once or twice.
	for (const [phones, format] of [
		[3000, 'pcap'],
		[3000, 'pcapng'],
		[300, 'pcap'],
		[100_000, 'pcap'],
	]) {
		const file = `registrations.${format}`;
		const bytes = 250 * MEGABYTE * scale;
		const made = makeRegistrations(join(folder, file), {
			...{ format, bytes, phones },
			perSecond: phones / 30,
		});
		bench(`registrations only, ${phones} phones, ${format}`, file, made, 1 / 4);
	}
	const file = 'trunk2.pcap';
	makeTrunk(join(folder, file), { format: 'pcap', bytes: 2000 * MEGABYTE * scale, phones: 3000 });
	const peak = Math.max(...[1, 2].map(() => measure(...analyse(file)).peak));
	say(`trunk of twice the size: peak ${peak.toFixed(0)} MB`);
	must('peak memory of twice the size by that of the one size', peak / peaks[0], 1.1);
}

try {
	run();
} finally {
	rmSync(folder, { recursive: true, force: true });
}
if (broken.length > 0) {
	say(`${broken.length} of the musts do not hold`);
	process.exitCode = 1;
}
