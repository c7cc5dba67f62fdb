package sherd.server.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/** Samples the stacks of running threads by the JVM's own flight recorder; one run at a time. */
public final class Profiler implements AutoCloseable {
    private static final String SAMPLE = "jdk.ExecutionSample";
    private static final Duration PERIOD = Duration.ofMillis(10);
    /** The number of a thread in its pool. */
    private static final Pattern NUMBER = Pattern.compile("[-#]?[0-9]+(-[0-9]+)*$");
    /** What the JVM adds to the names of classes that it makes while it runs. */
    private static final Pattern MADE_UP = Pattern.compile("(\\$\\$Lambda|LambdaForm\\$[A-Z]+).*");

    private final AtomicReference<@Nullable Run> current = new AtomicReference<>();

    /** A run that was begun; it samples from {@link #start} to {@link #stop}. */
    public final class Run {
        private final FrameTree tree = new FrameTree();
        private @Nullable RecordingStream stream;

        private Run() {}

        /** May take a while the first time in a process; not for loops. */
        public synchronized void start() {
            if (current.get() != this) {
                return; // closed meanwhile
            }
            var started = new RecordingStream();
            stream = started;
            started.enable(SAMPLE).withPeriod(PERIOD);
            started.onEvent(SAMPLE, event -> tree.add(stack(event)));
            started.startAsync();
        }

        /** What was found. Another run may begin. */
        public synchronized FrameTree stop() {
            var started = stream;
            stream = null;
            try (started) {
                if (started != null) {
                    started.stop(); // all events have been seen then
                }
            } finally {
                current.compareAndSet(this, null);
            }
            return tree;
        }
    }

    /** Null while another one is under way. */
    public @Nullable Run begin() {
        var run = new Run();
        return current.compareAndSet(null, run) ? run : null;
    }

    /** From the thread to where it was. */
    private static List<String> stack(RecordedEvent event) {
        var frames = new ArrayList<String>();
        var thread = event.getThread("sampledThread");
        var name = thread == null ? null : thread.getJavaName();
        frames.add(name == null ? "a thread of the JVM" : NUMBER.matcher(name).replaceFirst(""));
        var trace = event.getStackTrace();
        if (trace != null) {
            for (var frame : trace.getFrames().reversed()) {
                frames.add(name(frame));
            }
        }
        return frames;
    }

    private static String name(RecordedFrame frame) {
        var method = frame.getMethod();
        return MADE_UP.matcher(method.getType().getName()).replaceFirst("$1") + "." + method.getName();
    }

    @Override
    public void close() {
        var run = current.get();
        if (run != null) {
            run.stop();
        }
    }
}
