package sherd.engine.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultDisk.Fault;
import sherd.engine.sim.FaultDisk.Survival;
import sherd.engine.sim.SimulatedCrash;

final class FolderStoreTest {
    private static final byte[] BYTES = "an object".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private static ObjectStore.Content content(byte[] bytes) {
        return new ObjectStore.Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public String sha256() {
                return "";
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    private static byte[] read(ObjectStore store, String key) throws IOException {
        var target = ByteBuffer.allocate((int) store.size(key).orElseThrow());
        store.read(key, 0, target);
        return target.array();
    }

    @Test
    void anObjectIsThereWholeOrNotAtAll() throws IOException {
        var whole = new FaultDisk();
        new FolderStore(whole).put("a/b", content(BYTES));
        var random = new SplittableRandom(3);
        for (long at = 1; at <= whole.steps(); at++) {
            for (var fault : Fault.values()) {
                for (var survival : Survival.values()) {
                    var disk = new FaultDisk();
                    disk.failAt(at, fault);
                    boolean done = put(new FolderStore(disk));
                    var next = new FolderStore(disk.survivor(survival, random));
                    if (done || next.size("a/b").isPresent()) {
                        assertThat(read(next, "a/b")).isEqualTo(BYTES);
                        assertThat(next.put("a/b", content(new byte[3]))).isFalse();
                    } else {
                        assertThat(next.list("a/")).isEmpty();
                        assertThat(next.put("a/b", content(BYTES))).isTrue();
                    }
                    assertThat(read(next, "a/b")).isEqualTo(BYTES);
                    assertThat(next.list("a/")).containsExactly("a/b");
                }
            }
        }
    }

    private static boolean put(FolderStore store) throws IOException {
        try {
            return store.put("a/b", content(BYTES));
        } catch (ObjectException e) {
            assertThat(e.reason()).isEqualTo(Reason.AWAY);
            return false;
        } catch (SimulatedCrash _) {
            return false;
        }
    }

    @Test
    void aFailureOfTheSourceIsNotTheFolders() {
        var store = new FolderStore(new FaultDisk());
        var broken = new ObjectStore.Content() {
            @Override
            public long length() {
                return 10;
            }

            @Override
            public String sha256() {
                return "";
            }

            @Override
            public InputStream open() {
                return new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the source is broken");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return read();
                    }
                };
            }
        };
        assertThatThrownBy(() -> store.put("a", broken))
                .isNotInstanceOf(ObjectException.class)
                .hasMessage("the source is broken");
    }
}
