package sherd.engine.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import sherd.engine.observe.Event;

/**
 * What the system lets this process have of files.
 *
 * @param mappings of files, at the most; the process dies when it takes more than the system has
 * @param openFiles at the most
 */
public record DiskLimits(int mappings, int openFiles) {
    /** Of a disk whose files cannot be mapped; a system gives a process 1024 open files without being asked. */
    public static final DiskLimits USUAL = new DiskLimits(0, 1024);

    private static final Path PROC = Path.of("/proc");
    /** Enough for tens of terabytes, and an arena of many is slow to close. */
    private static final int MOST_MAPPINGS = 20_000;
    /** The rest is for the program itself, its threads and its memory. */
    private static final int SHARE = 4;

    /** Enough for {@link #MOST_MAPPINGS}, and what others ask for too. */
    private static final int WANTED = 1 << 20;

    /** For jars, the commit log, what is being written, and those who are told that there is no place for them. */
    private static final int MOST_OTHERS = 512;

    private static final int OTHERS_SHARE = 4;
    /** Of the rest, for segments: a connection that is refused is worse than a file that is opened again. */
    private static final int KEPT_SHARE = 4;

    private static final int MOST_READ = 4096;
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+)");

    public static DiskLimits ofSystem() {
        return read(PROC);
    }

    /** Without a {@code /proc} nothing is mapped: nobody knows when to stop. */
    static DiskLimits read(Path proc) {
        int maps = number(proc.resolve("sys/vm/max_map_count"), Pattern.compile("(\\d+)"))
                .orElse(0);
        int files = number(proc.resolve("self/limits"), OPEN_FILES).orElse(USUAL.openFiles);
        return new DiskLimits(Math.min(MOST_MAPPINGS, maps / SHARE), files);
    }

    private static Optional<Integer> number(Path file, Pattern pattern) {
        try (var in = Files.newInputStream(file)) {
            // At once: of a file under /proc/sys a second read gets nothing, and it says that it is empty.
            var found = pattern.matcher(new String(in.readNBytes(MOST_READ), US_ASCII));
            return found.find()
                    ? Optional.of((int) Math.min(Integer.MAX_VALUE, Long.parseLong(found.group(1))))
                    : Optional.empty();
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** How many files may be open for good. Other mappings are for files that are let go and not unmapped yet. */
    public int filesToKeep() {
        int byMappings = mappings == 0 ? MOST_MAPPINGS : Math.max(USUAL.openFiles / 2, mappings / 2);
        return Math.min(byMappings, shared() / KEPT_SHARE);
    }

    /** How many connections there may be beside as many files. */
    public int connections() {
        return shared() - filesToKeep();
    }

    /** For files that are kept open and connections. */
    private int shared() {
        return openFiles - Math.min(MOST_OTHERS, openFiles / OTHERS_SHARE);
    }

    /** What to say to whoever runs a node with so many segments. */
    public Optional<Event> warning(int segments) {
        int kept = filesToKeep();
        if (segments <= kept || kept == MOST_MAPPINGS / 2) {
            return Optional.empty();
        }
        boolean fewFiles = kept == shared() / KEPT_SHARE;
        return Optional.of(new Event.Warning("more segments than may be open at a time, searches over all of them open"
                + " and close files: segments=" + segments + " open_at_most=" + kept + "; raise "
                + (fewFiles
                        ? "the limit of open files, for example with ulimit -n " + WANTED
                        : "vm.max_map_count, for example with sysctl -w vm.max_map_count=" + WANTED)));
    }
}
