import { Command, CommanderError, Option } from 'commander';
import type { CheckCodecOptions } from './commands/check-codec.ts';
import type { CommandContext, ExitCode } from './commands/context.ts';
import type { ListOptions } from './commands/list.ts';
import type { ServeCommandOptions } from './commands/serve.ts';
import type { StrengthCommandOptions } from './commands/strength.ts';
import type { VerifyOptions } from './commands/verify.ts';
import { sentenceOf } from './errors.ts';
import { version } from './version.ts';

const codecOption = ['--codec <file>', 'module with the codec of TCP messages, in place of the default one'] as const;

/** The commands; what each of them needs is loaded when it is run. */
function program(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const root = new Command('voxpact')
    .description('Contract tests and mocks for the 60 connections of the Voice Microservices architecture.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.note(text.trimEnd()),
    })
    .showHelpAfterError('(voxpact --help prints what there is)');
  root
    .command('list')
    .description('print the 60 connections and what is contracted of each')
    .option('--json', 'print JSON')
    .option('--report <folder>', 'print how often the run whose report is in this folder exercised each interaction')
    .action(async (options: ListOptions) => {
      const { list } = await import('./commands/list.ts');
      finish(await list(options, context));
    });
  root
    .command('show')
    .description('print one contract as a person reads it')
    .argument('<number>', 'the connection, from 1 to 60, or a part of it, such as 24.s3')
    .action(async (number: string) => {
      const { show } = await import('./commands/show.ts');
      finish(await show(number, context));
    });
  root
    .command('verify')
    .description('verify connections, all that are contracted when no number is given')
    .argument('[numbers...]', 'connections, from 1 to 60, or parts of them, such as 24.s3')
    .option('--service <name>', 'only connections of this service')
    .option('--at <address>', 'the destination under test, such as http://127.0.0.1:9100')
    .option('--states <url>', 'state-change URL of the destination under test')
    .option('--exec <command>', 'command line that exercises the source under test, run for each interaction')
    .option(...codecOption)
    .option('--external <service=address...>', 'real servers to use instead of starting them')
    .option('--destination', 'judge destinations only')
    .option('--source', 'judge sources only')
    .option('--json', 'print JSON')
    .option('--report <folder>', 'write report.json, junit.xml and report.html into this folder')
    .addOption(
      new Option(
        '--require <what>',
        'all: fail when something asked for was not exercised, has no contract, or is traffic in no interaction',
      ).choices(['all']),
    )
    .action(async (numbers: string[], options: VerifyOptions) => {
      const { verify } = await import('./commands/verify.ts');
      finish(await verify(numbers, options, context));
    });
  root
    .command('strength')
    .description('break what a kept contract exchanges, one way at a time, and count what the contracts refuse')
    .argument('[numbers...]', 'connections, from 1 to 60, or parts of them, such as 24.s3')
    .option('--json', 'print JSON')
    .option('--near-miss', 'also print how often the first mismatch names the exact field, by protocol')
    .action(async (numbers: string[], options: StrengthCommandOptions) => {
      const { strength } = await import('./commands/strength.ts');
      finish(await strength(numbers, options, context));
    });
  root
    .command('codec')
    .description('try a codec of TCP messages on all that is asked of one')
    .argument('<file>', 'the module with the codec')
    .option('--json', 'print JSON')
    .action(async (file: string, options: CheckCodecOptions) => {
      const { checkCodecFile } = await import('./commands/check-codec.ts');
      finish(await checkCodecFile(file, options, context));
    });
  const serving = (command: Command) =>
    command
      .option('--host <host>', 'where to listen', '127.0.0.1')
      .option('--ports <which>', 'documented or ephemeral', 'documented');
  serving(root.command('mock').description('stand in for services until Ctrl-C'))
    .argument('<services...>', 'services, such as config-service')
    .option(...codecOption)
    .action(async (services: string[], options: ServeCommandOptions) => {
      const { mock } = await import('./commands/serve.ts');
      finish(await mock(services, options, context));
    });
  serving(root.command('peers').description('run the real servers that services need, until Ctrl-C')).action(
    async (options: ServeCommandOptions) => {
      const { peers } = await import('./commands/serve.ts');
      finish(await peers(options, context));
    },
  );
  return root;
}

/** With --json, what stopped a command is one JSON document too: schema voxpact/error/1. */
function printError(reason: string, args: readonly string[], context: CommandContext): void {
  if (!args.includes('--json')) return;
  context.print(JSON.stringify({ schema: 'voxpact/error/1', verdict: 'error', reason }, null, 2));
}

/** Runs the command line. @returns the exit code: 0 proven, 1 a contract is broken, 2 bad usage or harness error. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  let code: ExitCode = 2;
  try {
    await program(context, (finished) => {
      code = finished;
    }).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
    } else {
      context.note(`voxpact: ${sentenceOf(error)}`);
    }
    printError(sentenceOf(error), args, context);
    return 2;
  }
  return code;
}
