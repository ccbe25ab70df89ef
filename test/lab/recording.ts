import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Capture } from './capture.js';
import { runOrThrow } from './command.js';
import { captureFilter, type Lab, type LabOptions, startLab } from './lab.js';
import {
	type Event,
	fileOf,
	hostOf,
	type Place,
	type Scenario,
	type Shown,
} from './scenarios/scenario.js';
import { TOGETHER } from './scenarios/together.js';
import { describeSoftphone, runSoftphone } from './softphone.js';

const PLACES: readonly Place[] = ['phone', 'wan', 'proxy', 'server'];

function settings(options: LabOptions['server']): string {
	if (options === undefined || options === 'nothing') return 'nothing listens';
	if (options === 'silent') return 'drops on INPUT';
	if (options === 'coturn') return 'turnserver (coturn), STUN alone';
	if ('program' in options)
		return `our own test/lab/programs/${options.program}.mjs ${JSON.stringify(options.options)}`;
	if ('records' in options) return `dnsmasq ${options.records.join(', ')}`;
	return `Kamailio 5.6 ${JSON.stringify(options)}`;
}

function describeRouter(router: LabOptions['router']): string {
	const { nat = 'port-preserving', ...rest } = router ?? {};
	const more = Object.keys(rest).length === 0 ? '' : `, ${JSON.stringify(rest)}`;
	return nat === 'none' ? `no NAT${more}` : `${nat} masquerade (nft)${more}`;
}

function words(command: readonly string[], stdin: string): string {
	return `${command.join(' ')} ${stdin.replaceAll('\n', ' ')}`.trim();
}

function describePhone(phone: Scenario['phone']): string {
	if ('probe' in phone) return `sipdoctor probe ${phone.probe.join(' ')} --save`;
	if ('softphone' in phone) return describeSoftphone(phone);
	return `test/lab/phone ${JSON.stringify(phone)}`;
}

/** How the captures came to be, in words that a reader can repeat. */
function describeMaking(scenario: Scenario): string {
	const { lab, before, prepare = [], events = [], beside = [] } = scenario;
	return [
		'Recorded by test/lab/record-captures.ts: Linux network namespaces phone - router - internet',
		`router - server 203.0.113.10 and upstream 203.0.113.140. Router: ${describeRouter(lab.router)}.`,
		...(lab.families === undefined ? [] : [`IPv${lab.families.join(' and IPv')}.`]),
		...(lab.internet === undefined
			? []
			: [`Internet router: ${lab.internet.replaceAll('\n', ' ').trim()}.`]),
		...(lab.names === undefined
			? []
			: [`At the internet router, 198.51.100.1: ${settings(lab.names)}.`]),
		`Server: ${settings(lab.server)}. Upstream: ${settings(lab.upstream)}.`,
		...(lab.upstreamInSite === true ? ['Upstream stands in the site, at 192.168.31.50.'] : []),
		...(lab.inRouter === undefined ? [] : [`On the router: ${settings(lab.inRouter)}.`]),
		...prepare.map(
			({ host, command, stdin = '' }) => `Before the capture on ${host}: ${words(command, stdin)}.`,
		),
		...(before === undefined ? [] : [`Before the capture, a phone ${JSON.stringify(before)}.`]),
		`Phone: ${describePhone(scenario.phone)}.`,
		...beside.map(({ afterMs, phone }) => `${afterMs} ms later another ${JSON.stringify(phone)}.`),
		...events.map(
			({ afterMs, host, command, stdin = '' }) =>
				`${afterMs} ms later on ${host}: ${words(command, stdin)}`,
		),
		'probe' in scenario.phone
			? 'Saved by the probe itself;'
			: `Taken with tcpdump -i eth0 (wan: -i wan on the router) -s 0 -U '${captureFilter(lab.families ?? [4])}' at each place, checksum offload off;`,
		'what `shows` claims was counted with tshark when it was recorded.',
	].join(' ');
}

async function count(file: string, filter: string): Promise<number> {
	const frames = await runOrThrow('tshark', [
		...['-r', file, '-Y', filter, '-T', 'fields', '-e', 'frame.number'],
	]);
	return frames.split('\n').filter((line) => line !== '').length;
}

async function verify(scenario: Scenario, shown: Shown, folder: string): Promise<object> {
	const file = fileOf(scenario, shown.place);
	const frames = await count(join(folder, file), shown.filter);
	const right = shown.frames === undefined ? frames > 0 : frames === shown.frames;
	if (!right) {
		const wanted = shown.frames ?? 'some';
		throw new Error(`${file}: ${frames} frames of ${shown.says}, not ${wanted}: ${shown.filter}`);
	}
	return { file, says: shown.says, filter: shown.filter, frames };
}

async function befall(lab: Lab, event: Event): Promise<void> {
	await delay(event.afterMs);
	const [program, ...args] = event.command;
	const stdin = event.stdin ?? '';
	const result = await lab.run(event.host, program, args, { stdin });
	if (result.code !== 0) throw new Error(`${event.host}: ${program}: ${result.stderr}`);
}

const EXECUTABLE = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
/** A probe says by its exit code what it found. */
const PROBE_DONE = [0, 1];

/** The phone of a scenario, or the probe or softphone in its place, to its end. */
async function play(lab: Lab, scenario: Scenario, folder: string): Promise<void> {
	if ('probe' in scenario.phone) {
		const file = join(folder, fileOf(scenario, 'phone'));
		await rm(file, { force: true });
		const args = [EXECUTABLE, 'probe', ...scenario.phone.probe, '--save', file];
		const { code, stderr } = await lab.run('phone', process.execPath, args, { timeoutMs: 60_000 });
		if (code === undefined || !PROBE_DONE.includes(code))
			throw new Error(`the probe ended with ${code}: ${stderr}`);
		return;
	}
	if ('softphone' in scenario.phone) return runSoftphone(lab, scenario.phone);
	const result = await lab.phone(scenario.phone, scenario.lastsMs);
	if (JSON.stringify(result.statuses) !== JSON.stringify(scenario.statuses)) {
		throw new Error(`the phone saw ${JSON.stringify(result)}`);
	}
}

/** Runs one scenario and writes its captures and its `truth.json` into `folder`. */
export async function record(scenario: Scenario, folder: string): Promise<void> {
	const places = PLACES.filter((place) => scenario.truth[place] !== undefined);
	await mkdir(folder, { recursive: true });
	const lab = await startLab(scenario.lab);
	try {
		for (const event of scenario.prepare ?? []) await befall(lab, { afterMs: 0, ...event });
		if (scenario.before !== undefined) await lab.phone(scenario.before);
		const captures: [Place, Capture][] = [];
		for (const place of places.filter((one) => fileOf(scenario, one).endsWith('.pcap'))) {
			const device = place === 'wan' ? 'wan' : 'eth0';
			captures.push([place, await lab.capture(hostOf(scenario, place), device)]);
		}
		await Promise.all([
			play(lab, scenario, folder),
			...(scenario.events ?? []).map((event) => befall(lab, event)),
			...(scenario.beside ?? []).map(async ({ afterMs, phone }) => {
				await delay(afterMs);
				await lab.phone(phone);
			}),
		]);
		for (const [place, capture] of captures) {
			await capture.stop();
			await copyFile(capture.file, join(folder, `${place}.pcap`));
		}
	} finally {
		await lab.stop();
	}
	const shows: object[] = [];
	for (const shown of scenario.shows) shows.push(await verify(scenario, shown, folder));
	const together = TOGETHER[scenario.name];
	const truth = {
		scenario: scenario.name,
		says: scenario.says,
		madeBy: describeMaking(scenario),
		...(scenario.twin === undefined ? {} : { twin: scenario.twin }),
		accounts: scenario.accounts,
		...scenario.truth,
		...(together === undefined ? {} : { together }),
		shows,
	};
	await rm(join(folder, 'truth.json'), { force: true });
	await writeFile(join(folder, 'truth.json'), `${JSON.stringify(truth, undefined, '\t')}\n`);
}
