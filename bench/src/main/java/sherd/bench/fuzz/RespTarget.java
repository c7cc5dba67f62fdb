package sherd.bench.fuzz;

import java.util.List;
import java.util.SplittableRandom;
import sherd.engine.Engine;
import sherd.engine.time.SystemClock;
import sherd.server.resp.RespDoor;

/** A whole RESP connection before a real engine. */
final class RespTarget implements Target {
    private final Errors errors = new Errors();
    private final Engine engine = Samples.engine(new HeldDisk());
    private final RespDoor door = RespDoor.inProcess(engine, new SystemClock(), new SplittableRandom(1), "fuzz");
    private final Wire wire = new Wire(door::accept);
    private int runs;

    @Override
    public List<byte[]> seeds() {
        return RespSeeds.streams();
    }

    @Override
    public List<String> words() {
        return RespSeeds.WORDS;
    }

    @Override
    public void run(byte[] input) {
        byte[] received;
        try (var client = wire.connect()) {
            client.sendCut(input, input);
            received = client.received();
        }
        errors.check();
        Replies.count(received);
        if (++runs % 10_000 == 0) {
            engine.flush(engine.keyValue());
        }
    }

    @Override
    public void close() {
        door.close();
        wire.close();
        Judge.closed(engine, errors);
    }
}
