import type { CertificateFacts } from '../../layers/tls-certificate.js';
import { errnoOf, tcpFailure } from '../socket-failure.js';
import type { TlsFacts, TransportFailure } from '../transport.js';
import type { HandshakeWatch } from './handshake-watch.js';

export interface BrokenHandshake {
	/** What node said; undefined where the peer closed. */
	readonly error: Error | 'timed-out' | undefined;
	readonly watch: HandshakeWatch;
	readonly serverName: string | undefined;
	readonly shown: readonly CertificateFacts[];
	/** What had been reached before, where TLS was up. */
	readonly up?: TlsFacts;
}

/** RFC 8446 §6.2. */
const PROTOCOL_VERSION = 70;

/** What broke a TLS connection, by the alert, the answer that was no TLS, or who closed. */
export function handshakeFailure(broken: BrokenHandshake): TransportFailure {
	const { error, watch, serverName, shown, up } = broken;
	const alert = alertOf(error, watch);
	if (up !== undefined && alert === undefined) {
		return error === undefined || error === 'timed-out'
			? { kind: 'connection', outcome: 'reset', errno: undefined }
			: tcpFailure(errnoOf(error));
	}
	const facts: TlsFacts = {
		...(up ?? {
			serverName,
			offeredVersion: 'TLS 1.3',
			chosenVersion: watch.chosenVersion,
			certificates: shown,
			certificateRequested: watch.certificateRequested,
		}),
		reached:
			up !== undefined
				? 'certificate'
				: watch.chosenVersion === undefined
					? 'client-hello'
					: 'server-hello',
		alert,
		closedBy: watch.foreign === undefined && alert === undefined ? closerOf(error) : undefined,
		foreignAnswer: watch.foreign,
	};
	return { kind: 'tls', facts, why: words(error, facts) };
}

/** Node names the number of the server's alert only in its message, `…:SSL alert number 116`. */
function alertOf(error: BrokenHandshake['error'], watch: HandshakeWatch): TlsFacts['alert'] {
	if (watch.alert !== undefined && watch.alert.description !== 0) {
		return { by: 'server', ...watch.alert };
	}
	if (!(error instanceof Error)) return undefined;
	const number = /SSL alert number (\d{1,3})/.exec(error.message)?.[1];
	if (number !== undefined) return { by: 'server', level: 2, description: Number(number) };
	// OpenSSL says so to the server as well, when that chooses a version below ours.
	const isVersion = /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(errnoOf(error));
	return isVersion ? { by: 'client', level: 2, description: PROTOCOL_VERSION } : undefined;
}

/** An error of OpenSSL is ours, and so is the end of our patience; all else ended from over there. */
function closerOf(error: BrokenHandshake['error']): 'client' | 'server' {
	if (error === 'timed-out') return 'client';
	return error !== undefined && errnoOf(error).startsWith('ERR_SSL') ? 'client' : 'server';
}

function words(
	error: BrokenHandshake['error'],
	{ alert, foreignAnswer, reached }: TlsFacts,
): string {
	if (foreignAnswer !== undefined) {
		const first = foreignAnswer.split(/[\r\n]/, 1)[0] ?? '';
		return `the server speaks no TLS there: it answers "${first.replaceAll(/[^ -~]/g, '.')}"`;
	}
	if (alert?.by === 'server') return `the server refuses with TLS alert ${alert.description}`;
	if (alert !== undefined) return 'the server speaks only versions of TLS that are too old';
	if (error === 'timed-out') return 'TLS did not come up in time';
	const after = reached === 'client-hello' ? 'the ClientHello' : "the server's flight";
	const errno = error === undefined ? '' : ` (${errnoOf(error)})`;
	return `the TLS handshake was broken off after ${after}${errno}`;
}
