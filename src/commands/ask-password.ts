import { UsageError } from '../usecase/usage-error.js';

const ENTER = ['\r', '\n', '\u0004'];
const INTERRUPT = '\u0003';
const ERASE = ['\u007f', '\b'];

/** Asks on the terminal without echo. Throws UsageError where there is no terminal to ask on. */
export function askPassword(): Promise<string> {
	const { stdin, stderr } = process;
	if (!stdin.isTTY) {
		return Promise.reject(
			new UsageError(
				'--ask-password needs a terminal',
				'Use --password-file or SIPDOCTOR_PASSWORD instead.',
			),
		);
	}
	stderr.write('Password: ');
	stdin.setRawMode(true);
	stdin.setEncoding('utf8');
	return new Promise((resolve) => {
		let typed = '';
		const done = (): void => {
			stdin.setRawMode(false);
			stdin.pause();
			stdin.removeListener('data', onData);
			stderr.write('\n');
		};
		const onData = (text: string): void => {
			for (const character of text) {
				if (character === INTERRUPT) {
					done();
					process.exit(130);
				} else if (ENTER.includes(character)) {
					done();
					resolve(typed);
					return;
				} else if (ERASE.includes(character)) typed = typed.slice(0, -1);
				else typed += character;
			}
		};
		stdin.on('data', onData);
	});
}
