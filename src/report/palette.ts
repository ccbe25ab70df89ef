import { Chalk } from 'chalk';
import type { Severity } from '../diagnosis/finding.js';
import type { Paint } from './text-wrap.js';

/** The colours of the terminal report: decoration only, the words are the same without them. */
export interface Palette {
	readonly good: Paint;
	readonly bad: Paint;
	readonly warn: Paint;
	readonly faint: Paint;
	readonly strong: Paint;
	readonly severity: Readonly<Record<Severity, Paint>>;
}

/** An own chalk, so that colour is an argument and nothing global decides it. */
export function makePalette(colour: boolean): Palette {
	const chalk = new Chalk({ level: colour ? 1 : 0 });
	return {
		good: (text) => chalk.green(text),
		bad: (text) => chalk.red(text),
		warn: (text) => chalk.yellow(text),
		faint: (text) => chalk.dim(text),
		strong: (text) => chalk.bold(text),
		severity: {
			fatal: (text) => chalk.red.bold(text),
			degraded: (text) => chalk.yellow.bold(text),
			risk: (text) => chalk.magenta(text),
			info: (text) => chalk.cyan(text),
		},
	};
}
