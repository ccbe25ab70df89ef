/** `sipdoctor probe`: a live REGISTER → the same analysis as of a capture of it. */
import { analyse } from '../analysis/analyse.js';
import type { Analysis } from '../analysis/analysis.js';
import { SourceLog } from '../analysis/source-log.js';
import { checkNewFile, writeNewFile } from '../capture/file-writer.js';
import type { DigestSecret } from '../digest/digest.js';
import { noNetwork } from '../probe/no-network.js';
import type { ProbeStep } from '../probe/probe-step.js';
import { type ProbeOptions, runProbe } from '../probe/run-probe.js';
import { savedProbe } from '../probe/save.js';
import { systemTimers } from '../probe/timers.js';
import type { TlsEvent } from '../trace/observed.js';
import { prepareReach, type ReachOptions } from './probe-reach.js';

export interface ProbeRequest extends ProbeOptions, ReachOptions {
	readonly allTargets: boolean;
	readonly secret: DigestSecret | undefined;
	/** Where to write what was seen, as pcapng. */
	readonly saveTo: string | undefined;
	/** Ctrl-C: the probe removes its binding and reports. */
	readonly signal: AbortSignal;
	readonly randomBytes: (length: number) => Uint8Array;
	/** Whether any interface but loopback has an address: without one no resolver can be blamed. */
	readonly hasNetwork: () => boolean;
	/** Name of the network interface that has this address. */
	readonly interfaceOf: (address: string) => string | undefined;
	readonly onStep: (step: ProbeStep) => void;
	readonly onWaiting: () => void;
	/** Called as each experiment begins, with what it does. */
	readonly onTrying?: (what: string) => void;
}

export interface ProbeOutcome {
	readonly analysis: Analysis;
	readonly interrupted: boolean;
	/** What TLS showed, also where it succeeded; in order of time. */
	readonly handshakes?: readonly TlsEvent[];
}

/** Throws ProbeError for a wrong argument or a machine without a network, CaptureError where it cannot save. */
export async function probeAor(request: ProbeRequest): Promise<ProbeOutcome> {
	if (request.saveTo !== undefined) await checkNewFile(request.saveTo);
	const log = new SourceLog();
	const { resolver, transports, finish } = prepareReach(request);
	const result = await runProbe(request, {
		sink: log,
		now: () => Date.now() * 1000,
		randomBytes: request.randomBytes,
		timers: systemTimers,
		...{ resolver, transports, interfaceOf: request.interfaceOf },
		signal: request.signal,
		onStep: request.onStep,
		onWaiting: request.onWaiting,
		...(request.onTrying === undefined ? {} : { onTrying: request.onTrying }),
	});
	await finish();
	if (result.end === 'unresolved' && !request.hasNetwork()) {
		throw noNetwork();
	}
	if (request.saveTo !== undefined) await writeNewFile(request.saveTo, savedProbe(result.records));
	const source = log.finish(result.facts);
	// The password is what is being tested, so no account is verified against (diagnoses, In a probe).
	const checklists = new Map(result.sections.map(({ frame = 0, steps }) => [frame, steps]));
	const analysis = analyse({ source, accounts: [], checklists });
	const handshakes = source.failures.filter((event) => event.kind === 'tls');
	return { analysis, interrupted: result.interrupted, handshakes };
}
