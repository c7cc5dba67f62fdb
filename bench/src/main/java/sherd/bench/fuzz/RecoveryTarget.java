package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.SplittableRandom;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.time.SystemClock;
import sherd.server.resp.RespDoor;

/** A node that starts from a damaged commit log whose checksums are right: the changes in it are what is foreign. */
final class RecoveryTarget implements Target {
    private static final String FILE = "log/00000000000000000000.log";

    private final Errors errors = new Errors();
    private final HeldDisk folder = new HeldDisk();
    private final List<byte[]> seeds;

    RecoveryTarget() {
        HeldDisk killed;
        try (var engine = Samples.engine(folder)) {
            Samples.createTables(engine);
            try (var door = RespDoor.inProcess(engine, new SystemClock(), new SplittableRandom(1), "fuzz");
                    var wire = new Wire(door::accept)) {
                for (var line : RespSeeds.LINES) {
                    if (!line.equals("FLUSHALL")) {
                        send(wire, RespSeeds.array(line.split(" ", -1)));
                    }
                }
            }
            engine.log().sync();
            killed = folder.copy();
        }
        seeds = List.of(killed.content(FILE));
    }

    private static void send(Wire wire, String command) {
        try (var client = wire.connect()) {
            var bytes = command.getBytes(ISO_8859_1);
            client.send(bytes, 0, bytes.length);
        }
    }

    @Override
    public List<byte[]> seeds() {
        return seeds;
    }

    @Override
    public List<String> words() {
        return List.of("SFRM", "SEND", "\0\0\0\0", "k", "h", "\u0001", "\u00ff\u00ff\u00ff\u00ff");
    }

    @Override
    public void run(byte[] input) {
        var file = input.clone();
        Seal.log(file);
        var disk = folder.copy();
        disk.put(FILE, file);
        try (var engine = Samples.engine(disk)) {
            engine.size(engine.keyValue());
            engine.scan(engine.keyValue(), 0, 1000, (address, length, kind) -> {});
        } catch (StoreException e) {
            if (e.code() != ErrorCode.OUT_OF_MEMORY) { // a change may name more than there is
                Judge.allowCorruption(e);
            }
        }
        errors.check();
    }

    @Override
    public void close() {
        errors.close();
    }
}
