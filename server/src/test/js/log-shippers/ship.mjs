// Sends lines to a node with two loggers, one of them in both of its formats. Arguments: URL, lines of each.
import pino from 'pino';
import winston from 'winston';
import LokiTransport from 'winston-loki';

const [url, count] = [process.argv[2], Number(process.argv[3])];

async function byWinston(json) {
  const transport = new LokiTransport({
    host: url,
    labels: { app: json ? 'winston-json' : 'winston-protobuf' },
    json,
    batching: true,
    interval: 1,
    gracefulShutdown: false,
    format: winston.format.printf((info) => info.message),
    onConnectionError: (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  });
  if (transport.batcher.options.json !== json) throw new Error('winston-loki does not use the format asked for');
  const logger = winston.createLogger({ transports: [transport] });
  for (let i = 0; i < count; i++) {
    logger.info(`winston line ${i} "quoted" é 漢字`, { labels: { part: `p${i % 3}` }, n: i });
  }
  await transport.flush();
  await new Promise((resolve) => transport.batcher.close(resolve));
}

async function byPino() {
  const stream = pino.transport({
    target: 'pino-loki',
    options: { host: url, batching: { interval: 1 }, labels: { app: 'pino' }, silenceErrors: false },
  });
  const logger = pino({ base: null }, stream);
  for (let i = 0; i < count; i++) {
    (i % 2 ? logger.warn.bind(logger) : logger.info.bind(logger))({ n: i }, `pino line ${i} "quoted" é 漢字`);
  }
  const awake = setInterval(() => {}, 1000); // what the stream waits for does not keep the process alive
  await new Promise((resolve) => {
    stream.on('close', resolve);
    stream.end();
  });
  clearInterval(awake);
}

await byWinston(false);
await byWinston(true);
await byPino();
console.log(`sent ${count} lines with each`);
process.exit();
