import { Command, CommanderError } from 'commander';
import type { CommandContext, ExitCode } from './commands/context.ts';
import { list } from './commands/list.ts';
import { mock, peers, type ServeCommandOptions } from './commands/serve.ts';
import { show } from './commands/show.ts';
import { type VerifyOptions, verify } from './commands/verify.ts';
import { sentenceOf } from './errors.ts';
import { version } from './version.ts';

function program(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const root = new Command('voxpact')
    .description('Contract tests and mocks for the 60 connections of the Voice Microservices architecture.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(voxpact --help prints what there is)');
  root
    .command('list')
    .description('print the 60 connections and what is contracted of each')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => finish(await list(options, context)));
  root
    .command('show')
    .description('print one contract as a person reads it')
    .argument('<number>', 'the connection, from 1 to 60')
    .action(async (number: string) => finish(await show(number, context)));
  root
    .command('verify')
    .description('verify connections, all that are contracted when no number is given')
    .argument('[numbers...]', 'connections, from 1 to 60')
    .option('--service <name>', 'only connections of this service')
    .option('--at <address>', 'the destination under test, such as http://127.0.0.1:9100')
    .option('--states <url>', 'state-change URL of the destination under test')
    .option('--exec <command>', 'command line that exercises the source under test, run for each interaction')
    .option('--destination', 'judge destinations only')
    .option('--source', 'judge sources only')
    .option('--json', 'print JSON')
    .option('--report <folder>', 'write report.json, junit.xml and report.html into this folder')
    .action(async (numbers: string[], options: VerifyOptions) => finish(await verify(numbers, options, context)));
  const serving = (command: Command) =>
    command
      .option('--host <host>', 'where to listen', '127.0.0.1')
      .option('--ports <which>', 'documented or ephemeral', 'documented');
  serving(root.command('mock').description('stand in for services until Ctrl-C'))
    .argument('<services...>', 'services, such as config-service')
    .action(async (services: string[], options: ServeCommandOptions) => finish(await mock(services, options, context)));
  serving(root.command('peers').description('run the real servers that services need, until Ctrl-C')).action(
    async (options: ServeCommandOptions) => finish(await peers(options, context)),
  );
  return root;
}

/** Runs the command line. @returns the exit code: 0 proven, 1 a contract is broken, 2 bad usage or harness error. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  let code: ExitCode = 2;
  try {
    await program(context, (finished) => {
      code = finished;
    }).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    context.note(`voxpact: ${sentenceOf(error)}`);
    return 2;
  }
  return code;
}
