package sherd.server.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "The main job in one go on real text, told step by step, on a node in a temporary folder.",
            "Stays up for you to try the commands it shows, until Ctrl-C; then the folder is deleted."
        })
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--exit", description = "End after the last step.")
    private boolean exit;

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.setProperty("sherd.log.level", "WARN"); // the story tells what the log would
        var folder = Files.createTempDirectory("sherd-demo-");
        var demo = new Demo(folder, new Narrator(System.out));
        var ended = new AtomicBoolean();
        var told = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(demo, folder, ended, told), "sherd-stop"));
        try {
            int status = demo.run();
            if (!exit) {
                told.set(status == 0);
                System.out.println("   The node stays up; press Ctrl-C to end it and delete its folder.");
                new CountDownLatch(1).await();
            }
            return status;
        } finally {
            end(demo, folder, ended);
        }
    }

    /** Being stopped is how a demo that stays up is meant to end. */
    private static void interrupted(Demo demo, Path folder, AtomicBoolean ended, AtomicBoolean told) {
        if (!ended.get()) {
            end(demo, folder, ended);
            if (told.get()) {
                Runtime.getRuntime().halt(0);
            }
        }
    }

    private static void end(Demo demo, Path folder, AtomicBoolean ended) {
        if (ended.compareAndSet(false, true)) {
            demo.close();
            try {
                delete(folder);
            } catch (IOException e) {
                System.err.println("sherd: cannot delete the demo's folder: " + folder + " (" + e + ")");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
