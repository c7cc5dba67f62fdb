package sherd.engine.objects;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import sherd.engine.disk.DiskFile;

/** The objects of a node: opened as files, and deleted when nobody wants them any more. Thread-safe. */
public final class ObjectFiles implements AutoCloseable {
    private final PatientStore store;
    private final ObjectPages pages;
    private final Set<String> unwanted = new LinkedHashSet<>();

    public ObjectFiles(PatientStore store, ObjectPages pages) {
        this.store = store;
        this.pages = pages;
    }

    public PatientStore store() {
        return store;
    }

    public ObjectPages pages() {
        return pages;
    }

    /** Reads nothing. */
    public DiskFile open(String key, long size) {
        return new ObjectFile(pages, key, size);
    }

    /** An object that nothing names any more; whoever may wait deletes it. */
    public void discard(String key) {
        pages.forget(key);
        synchronized (unwanted) {
            unwanted.add(key);
        }
    }

    /** What is to be deleted; each stays on the list until {@link #deleted}. */
    public List<String> unwanted() {
        synchronized (unwanted) {
            return new ArrayList<>(unwanted);
        }
    }

    public void deleted(String key) {
        synchronized (unwanted) {
            unwanted.remove(key);
        }
    }

    @Override
    public void close() {
        store.close();
        pages.close();
    }
}
