import { afterEach, describe, expect, it, vi } from 'vitest';
import { runSoftphone } from './softphone.js';

afterEach(() => {
	vi.unstubAllEnvs();
});

describe('a softphone', () => {
	it.each([
		['baresip', 'baresip-core'],
		['linphone', 'linphone-cli'],
		['twinkle', 'twinkle-console'],
	] as const)('%s says which Debian package is missing', async (softphone, debianPackage) => {
		vi.stubEnv('PATH', '/nowhere');
		const lab = { run: () => Promise.reject(new Error('was started')) };
		const account = { user: '1001', password: 'secret', domain: 'example.com' };
		const run = runSoftphone(lab, {
			...{ softphone, ...account, transport: 'udp', expires: 60, quitAfter: 1 },
		});
		await expect(run).rejects.toThrow(`apt-get install ${debianPackage}`);
	});
});
