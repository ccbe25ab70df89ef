/*
 * What a probe over several transports says where one of them gives no answer. A filter, an ALG, a server that takes
 * no UDP: what looks alike from the phone gets no name, and what can be told apart gets one.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };

interface Report {
	readonly registrations: readonly {
		readonly target: { readonly transport: string };
		readonly outcome: string;
		readonly cause: { readonly id: string; readonly summary: string } | null;
		readonly findings: readonly { readonly id: string }[];
		readonly cannotTell: readonly { readonly id: string; readonly because: string }[];
	}[];
	readonly findings: readonly { readonly id: string; readonly summary: string }[];
}

interface Probed {
	readonly live: Report;
	readonly saved: Report;
}

/** A host's own packet filter. */
function hostRules(hook: string, rule: string): string {
	return `table ip lab {\nchain own {\ntype ${hook};\n${rule}\n}\n}\n`;
}

/** Octets 8 to 11 of the UDP datagram: `REGI`. */
const DROP_REGISTER = 'udp dport 5060 @th,64,32 0x52454749 drop';

describe.skipIf(!availability.available)(`transports that differ in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function probed(
		started: Lab,
		{ transports = 'udp,tcp', timeout = 4, password = true, more = [] as readonly string[] } = {},
	): Promise<Probed> {
		const folder = await newFolder();
		const file = join(folder, 'probe.pcapng');
		const command = [EXECUTABLE, 'probe', '1001@pbx.example.com', '--server', ADDRESSES.server];
		const args = ['--json', '--save', file, '--transport', transports, '--timeout', `${timeout}`];
		const env: Record<string, string> = password ? { SIPDOCTOR_PASSWORD: PASSWORD } : {};
		const live = await started.run('phone', process.execPath, [...command, ...args, ...more], {
			...{ env },
		});
		const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', file, '--json']);
		expect(live.stderr).toBe('');
		return { live: JSON.parse(live.stdout) as Report, saved: JSON.parse(again.stdout) as Report };
	}

	/** The cause of each registration, what is not known of it, and what is said of the whole. */
	function essence({ registrations, findings }: Report) {
		return {
			causes: registrations.map(({ outcome, cause }) => [outcome, cause?.id ?? null]),
			unknown: registrations[0]?.cannotTell.map(({ id }) => id),
			findings: findings.map(({ summary }) => summary),
		};
	}

	/** Live, and the saved file the same. */
	async function told(...args: Parameters<typeof probed>) {
		const { live, saved } = await probed(...args);
		expect(essence(saved)).toEqual(essence(live));
		return { ...essence(live), cause: live.registrations[0]?.cause?.summary };
	}

	it.concurrent('a firewall that drops all of UDP 5060 is silence, and what is up is said', async () => {
		const rules = ['udp dport 5060 drop'];
		const result = await told(await newLab({ server: REGISTRAR, router: { rules } }));
		expect(result.causes).toEqual([
			['unanswered', 'no-response'],
			['registered', null],
		]);
		expect(result.unknown).toContain('sip-alg-drops');
		expect(result.cause).toMatch(/the same server answers .* over TCP, so it is up\.$/);
		expect(result.findings).toEqual([
			'It registers over TCP, not over UDP (no-response): a filter or a SIP ALG on UDP 5060, or a server that takes no UDP.',
		]);
	});

	it.concurrent('says so without a password as well, by what is answered', async () => {
		const rules = ['udp dport 5060 drop'];
		const started = await newLab({ server: REGISTRAR, router: { rules } });
		const result = await told(started, { password: false });
		expect(result.causes[0]).toEqual(['unanswered', 'no-response']);
		expect(result.causes[1]?.[0]).toBe('challenged');
		expect(result.findings).toEqual([
			'It is answered over TCP, not over UDP (no-response): a filter or a SIP ALG on UDP 5060, or a server that takes no UDP.',
		]);
	});

	it.concurrent('says nothing of the transports without a password where both are answered', async () => {
		const result = await told(await newLab({ server: REGISTRAR }), { password: false });
		expect(result.findings).toEqual([]);
	});

	it.concurrent('a box that drops only REGISTER is told by the OPTIONS that passes', async () => {
		const rules = [DROP_REGISTER];
		const result = await told(await newLab({ server: REGISTRAR, router: { rules } }));
		expect(result.causes).toEqual([
			['unanswered', 'sip-alg-drops'],
			['registered', null],
		]);
		expect(result.cause).toContain('to an OPTIONS over the same port');
	});

	it.concurrent('the same box is not named where nothing else was tried', async () => {
		const rules = [DROP_REGISTER];
		const started = await newLab({ server: REGISTRAR, router: { rules } });
		const result = await told(started, { transports: 'udp' });
		expect(result.causes).toEqual([['unanswered', 'no-response']]);
		expect(result.unknown).toContain('sip-alg-drops');
		expect(result.cause).toMatch(/to an OPTIONS the same port answers/);
	});

	it.concurrent('a server without UDP whose firewall is silent looks like a filter', async () => {
		const started = await newLab({ server: REGISTRAR });
		const rules = hostRules('filter hook input priority filter', 'meta l4proto udp drop');
		await started.filter('server', rules);
		const result = await told(started);
		expect(result.causes[0]).toEqual(['unanswered', 'no-response']);
		expect(result.unknown).toContain('sip-alg-drops');
	});

	it.concurrent('a server without UDP that says so by ICMP is taken at its word', async () => {
		const started = await newLab({ server: REGISTRAR });
		// Nothing listens at that port: the kernel itself answers.
		const rules = hostRules(
			'nat hook prerouting priority dstnat',
			'udp dport 5060 redirect to :5059',
		);
		await started.filter('server', rules);
		const result = await told(started);
		expect(result.causes).toEqual([
			['unreachable', 'port-unreachable'],
			['registered', null],
		]);
		expect(result.findings).toEqual([
			'It registers over TCP, not over UDP (port-unreachable): nothing listens on UDP 5060, or a filter refuses it.',
		]);
	});

	it.concurrent('a healthy server that is slow has no cause, over any transport', async () => {
		const started = await newLab({ server: { ...REGISTRAR, delayMs: 1500 } });
		const result = await told(started, { timeout: 20 });
		expect(result).toMatchObject({
			causes: [
				['registered', null],
				['registered', null],
			],
			findings: [],
		});
	});

	it.concurrent('--alg finds that OPTIONS passes where the REGISTER does not', async () => {
		const rules = [DROP_REGISTER];
		const started = await newLab({ server: REGISTRAR, router: { rules } });
		const result = await told(started, { transports: 'udp', more: ['--alg'] });
		expect(result.causes).toEqual([['unanswered', 'no-response']]);
	});
});
