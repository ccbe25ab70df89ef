import Analyze from './analyze.js';
import Explain from './explain.js';
import Probe from './probe.js';

/** What oclif finds (package.json, oclif.commands); a list, so that nothing is searched at run time. */
export const COMMANDS = { analyze: Analyze, explain: Explain, probe: Probe };
