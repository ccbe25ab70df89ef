import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReachFlags, readReach } from '../../src/commands/flags/reach.js';
import { prepareReach } from '../../src/usecase/probe-reach.js';
import { UsageError } from '../../src/usecase/usage-error.js';

const read = (flags: Partial<ReachFlags>) => readReach({ 'ws-path': '/', ...flags });

describe('the flags for the way to the registrar', () => {
	it('leave the transport to the DNS where none is named', () => {
		expect(read({}).transports).toEqual([]);
	});

	it.each([
		['tls', ['tls']],
		['udp,tcp,tls,ws,wss', ['udp', 'tcp', 'tls', 'ws', 'wss']],
		['WSS, udp,wss', ['wss', 'udp']],
	])('read the transports of "%s"', (list, transports) => {
		expect(read({ transport: list }).transports).toEqual(transports);
	});

	it.each(['', 'sctp', 'udp,', 'udp tcp'])('refuse "%s"', (list) => {
		expect(() => read({ transport: list })).toThrow(UsageError);
	});

	it.each(['ws', '', '/a b', '/ä'])('refuse "%s" as path of a WebSocket', (path) => {
		expect(() => read({ 'ws-path': path })).toThrow(UsageError);
	});

	it('name flag and file where a certificate cannot be read', () => {
		expect(() => read({ ca: '/nowhere/ca.pem' })).toThrow(/--ca: \/nowhere\/ca\.pem/);
	});

	it('quote nothing of a key that cannot be used', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-flags-'));
		const file = join(folder, 'key.pem');
		await writeFile(file, 's3cret');
		const options = read({ cert: file, key: file });
		await rm(folder, { recursive: true });
		expect(() => prepareReach(options)).toThrow(/--cert and --key/);
		expect(() => prepareReach(options)).not.toThrow(/s3cret/);
	});

	it.each(['dns.example', '192.0.2.53:0', '[2001:db8::53', ''])(
		'refuse the name server "%s"',
		(dns) => {
			expect(() => prepareReach(read({ dns }))).toThrow(/--dns/);
		},
	);

	it.each([
		['192.0.2.53', { address: '192.0.2.53', port: 53 }],
		['192.0.2.53:5353', { address: '192.0.2.53', port: 5353 }],
		['[2001:db8::53]:5353', { address: '2001:db8::53', port: 5353 }],
		['2001:db8::53', { address: '2001:db8::53', port: 53 }],
	])('ask the name server %s', (dns, server) => {
		expect(prepareReach(read({ dns })).resolver.server).toEqual(server);
	});
});
