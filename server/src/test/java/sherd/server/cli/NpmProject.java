package sherd.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** JavaScript of a test, with the packages that its lock file pins; npm's own cache makes repeats cheap. */
final class NpmProject {
    private NpmProject() {}

    /**
     * A copy that is ready to run.
     *
     * @param name of the folder below src/test/js
     * @param script its one file of code
     * @param needed a package without which nothing is installed
     */
    static Path installed(String name, String script, String needed) throws IOException, InterruptedException {
        var here = Path.of("").toAbsolutePath();
        var module = here.endsWith("server") ? here : here.resolve("server");
        var folder = Files.createDirectories(module.resolve("target").resolve(name));
        boolean same = Files.isDirectory(folder.resolve("node_modules").resolve(needed));
        for (var file : List.of("package.json", ".npmrc", script, "package-lock.json")) {
            var wanted = Files.readAllBytes(
                    module.resolve("src/test/js").resolve(name).resolve(file));
            var copy = folder.resolve(file);
            same &= Files.exists(copy) && Arrays.equals(Files.readAllBytes(copy), wanted);
            Files.write(copy, wanted);
        }
        if (!same) {
            SegmentReaders.run(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");
        }
        return folder;
    }
}
