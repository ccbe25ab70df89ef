import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import {
	honestRegistrar,
	type ScriptedRegistrar,
	udpRegistrar,
} from '../probe/scripted-registrar.js';
import { sipdoctor } from '../support/sipdoctor.js';

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: ScriptedRegistrar[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function suiteFile(password: string): Promise<string> {
	const server = await udpRegistrar(honestRegistrar());
	opened.push(server);
	const path = join(folder, 'suite.yaml');
	writeFileSync(join(folder, 'pw.txt'), 'secret\n');
	writeFileSync(
		path,
		[
			`defaults: { server: "${formatEndpoint(server.endpoint)}", timeout: 5 }`,
			'accounts:',
			'  - aor: 1001@example.com',
			`    password: ${password}`,
			'',
		].join('\n'),
	);
	return path;
}

describe('sipdoctor check', () => {
	it('exits 0 where all expectations hold, with the password from a file beside the suite', async () => {
		const { code, stdout, stderr } = await sipdoctor(['check', await suiteFile('file:pw.txt')]);
		expect(stderr).toBe('');
		expect(stdout).toMatch(/✓ 1001@example\.com +registered/);
		expect(code).toBe(0);
	});

	it('exits 1 where one does not, and prints no password', async () => {
		const path = await suiteFile('env:PW');
		const ran = await sipdoctor(['check', path, '--json'], { env: { PW: 'not-the-one' } });
		expect(JSON.parse(ran.stdout)).toMatchObject({ summary: { failed: 1 } });
		expect(ran.stdout + ran.stderr).not.toContain('not-the-one');
		expect(ran.code).toBe(1);
	});

	it('exits 2 where the suite is wrong, naming line and key', async () => {
		const { code, stderr, stdout } = await sipdoctor(['check', await suiteFile('hunter2')]);
		expect(stderr).toMatch(/suite\.yaml:4: accounts\[0\]\.password: env:NAME or file:PATH/);
		expect(stdout + stderr).not.toContain('hunter2');
		expect(code).toBe(2);
	});

	it('writes the report to a file and the table to the terminal', async () => {
		const report = join(folder, 'report.xml');
		const path = await suiteFile('file:pw.txt');
		const { stdout } = await sipdoctor(['check', path, '--format', 'junit', '-o', report]);
		expect(stdout).toMatch(/✓ 1001/);
		expect(readFileSync(report, 'utf8')).toMatch(/^<\?xml .*\n<testsuites [^>]*tests="1"/);
	});
});
