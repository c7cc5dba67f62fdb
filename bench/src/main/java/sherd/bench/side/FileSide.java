package sherd.bench.side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sherd.server.config.HostPort;

/** A {@link FileProcess}. */
public final class FileSide extends Side {
    private FileSide(String name, Child child) {
        super(name, child);
    }

    public static FileSide start(FileProcess.Way way, Path file, Path errors) {
        var command = new ArrayList<>(Jvm.command(FileProcess.class.getName()));
        command.addAll(List.of(way.name(), file.toString()));
        return new FileSide(way.word(), Child.start(command, errors, line -> line.startsWith(FileProcess.READY)));
    }

    /** Where it takes connections; it speaks nothing that has a name. */
    @Override
    public HostPort resp() {
        var rest = readyLine().substring(FileProcess.READY.length());
        return new HostPort("127.0.0.1", Integer.parseInt(rest.substring(0, rest.indexOf(' '))));
    }
}
