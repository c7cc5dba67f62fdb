package sherd.server.loki.logql;

/** Another text for the line. */
record LineFormat(Template template) implements Stage {
    @Override
    public boolean process(LogLine line) {
        line.text(template.fill(line));
        return true;
    }
}
