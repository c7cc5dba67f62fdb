package sherd.engine.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.FormatPage;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.TableName;

final class LocalRoutesTest {
    private static final TableName TABLE = new TableName("shop", "users");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private LocalDisk disk;

    @BeforeEach
    void openFolder() throws Exception {
        disk = new LocalDisk(folder);
    }

    @Test
    void theDocumentedExampleIsWhatTheCodeWrites() throws Exception {
        new LocalRoutes(disk).store(TABLE, RoutingTable.even(2, "local"));
        var page = FormatPage.of("routes.md", "Worked example").block(0);
        assertThat(Files.readString(folder.resolve("routes")))
                .isEqualTo(String.join("", page.subList(0, page.size() - 1)) + "\n" + page.getLast() + "\n");
    }

    @Test
    void routesComeBack() {
        var routes = RoutingTable.even(3, "local");
        new LocalRoutes(disk).store(TABLE, routes);
        assertThat(new LocalRoutes(disk).load()).isEqualTo(Map.of(TABLE, routes));
    }

    @Test
    void anyChangedByteIsFound() throws Exception {
        new LocalRoutes(disk).store(TABLE, RoutingTable.even(2, "local"));
        var file = folder.resolve("routes");
        var good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            var bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> new LocalRoutes(disk).load())
                    .as("byte " + at)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_ROUTES));
        }
    }
}
