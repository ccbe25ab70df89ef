/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { spawn } from 'node:child_process';
import { messageReader } from './wire.mjs';

/*
 * The phone's TLS: openssl s_client, whose verification breaks the handshake off with an alert as that of a phone does
 * (Node's own waits until the handshake is over).
 */

const VERSIONS = {
	// OpenSSL 3 speaks it only where it is told to think nothing of security.
	'1.0': ['-tls1', '-cipher', 'DEFAULT@SECLEVEL=0'],
	1.2: ['-tls1_2'],
	1.3: ['-tls1_3'],
};

/** Flags of s_client for what the phone trusts, speaks and believes the time to be. */
function flags(tls, certificates) {
	const trusted = tls.trusts === 'other' ? certificates?.otherAuthority : certificates?.authority;
	return [
		...(trusted === undefined ? [] : ['-CAfile', trusted]),
		...['-verify_return_error', '-verify_hostname', tls.name, '-servername', tls.name],
		...(VERSIONS[tls.version] ?? []),
		...(tls.cipher === undefined ? [] : ['-cipher', tls.cipher]),
		...(tls.clock === undefined ? [] : ['-attime', String(tls.clock)]),
		...(tls.clientCertificate
			? ['-cert', certificates.client, '-key', certificates.clientKey]
			: []),
	];
}

export function openTls({ address, port, server, serverPort, tls, certificates }, on) {
	const child = spawn(
		'openssl',
		[
			...['s_client', '-quiet', '-nocommands', '-no-CApath', '-no-CAstore'],
			...['-connect', `${server}:${serverPort}`, '-bind', `${address}:${port}`],
			...flags(tls, certificates),
		],
		{ stdio: ['pipe', 'pipe', 'pipe'] },
	);
	const wire = {
		localPort: port,
		reliable: true,
		send: (text) => child.stdin.write(text, 'latin1'),
		close: () => child.kill('SIGTERM'),
	};
	let said = '';
	child.stderr.setEncoding('latin1').on('data', (text) => {
		said = (said + text).slice(-2000);
	});
	child.stdin.on('error', () => undefined);
	child.stdout.setEncoding('latin1');
	child.stdout.on('data', messageReader(on, wire));
	child.on('close', () =>
		on.error(/error:[^\n]*|alert[^\n]*|errno[^\n]*/.exec(said)?.[0] ?? 'closed'),
	);
	return wire;
}
