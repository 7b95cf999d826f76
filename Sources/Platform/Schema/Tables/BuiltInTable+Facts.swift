internal import ColumnStore

extension BuiltInTable {
  static let feedback: BuiltInTable = {
    var table = BuiltInTable(
      "feedback", .facts(day: "ts"),
      key: ["organization_id", "user_id", "request_id", "answer_key"],
      """
      Stars and words, one row per person and request, or per question of a survey: the first one stands.
      """,
      [
        .time("ts", "when it was given (UTC)"),
        BuiltInColumn("received_at", .timestamp, "when Daybook took it"),
        BuiltInColumn("feedback_id", .uuid, "its name").required,
        .organization.required,
        BuiltInColumn("user_id", .text, "who gave it").labelled(.user).required,
        BuiltInColumn(
          "request_id", .text, "the request, or the answer of a survey, that it is about"
        )
        .required,
        BuiltInColumn("kind", .text, "`rating` or `survey`"),
        BuiltInColumn("stars", .integer, "1 to 5"),
        BuiltInColumn("comment", .identifier, "what the person wrote").labelled(.freeText),
        BuiltInColumn("model", .text, "the model that had answered"),
        BuiltInColumn("survey_id", .text, "the survey"),
        BuiltInColumn("question_id", .text, "the question of the survey"),
        BuiltInColumn(
          "answer_key", .integer, "follows from survey and question; 0 for a rating"
        ).required,
      ])
    table.retentionDays = 90
    return table
  }()

  static let auditLog: BuiltInTable = {
    var table = BuiltInTable(
      "audit_log", .facts(day: "ts"),
      """
      Who did what to what, and when. Rows are added and never changed. What may name a person beside \
      the identifiers is in sealed columns; the open ones say the same without it.
      """,
      [
        .time("ts", "when it was done (UTC)"),
        .time("recorded_at", "when it was written down"),
        BuiltInColumn("audit_id", .uuid, "its name").required,
        .organization,
        BuiltInColumn("user_id", .text, "who did it; `daybook` for what the service did by itself")
          .labelled(.user).required,
        BuiltInColumn("user_email", .identifier, "mail address of who did it, at that time")
          .labelled(.sealed),
        BuiltInColumn("user_role", .text, "role of who did it, at that time").required,
        BuiltInColumn(
          "action", .text, "`create`, `update`, `delete`, `invite`, `reveal_grant`, ..."
        )
        .required,
        BuiltInColumn("entity_type", .text, "`user`, `project`, `dataset`, `reveal`, ...").required,
        BuiltInColumn("entity_id", .text, "what it was done to").required,
        BuiltInColumn("entity_name", .text, "its name, unless it is a person's"),
        BuiltInColumn("project_id", .text, "the project that the context names"),
        BuiltInColumn("description", .identifier, "one sentence, without what is sealed").required,
        BuiltInColumn("context", .json, "the context, without what may name a person"),
        BuiltInColumn("changes", .json, "`{\"field\": {\"old\": ..., \"new\": ...}}`")
          .labelled(.sealed),
        BuiltInColumn("sealed_entity_name", .identifier, "its name, where it is a person's")
          .labelled(.sealed),
        BuiltInColumn("sealed_description", .identifier, "the sentence with names and values")
          .labelled(.sealed),
        BuiltInColumn("sealed_context", .json, "the rest of the context: addresses, reasons")
          .labelled(.sealed),
        BuiltInColumn("request_id", .identifier, "the request that it was done by"),
      ])
    table.isAppendOnly = true
    return table
  }()

  static let deadLetters: BuiltInTable = {
    var table = BuiltInTable(
      "dead_letters", .facts(day: "received_at"), key: ["dead_letter_id"],
      "Records that were not taken, with the reason, until they are sent again.",
      [
        .time("received_at", "when it came (UTC)"),
        BuiltInColumn("dead_letter_id", .text, "its name").required,
        .organization,
        .user("whom the record is about"),
        BuiltInColumn("record_kind", .text, "`event`, `session`, `feedback`, ..."),
        BuiltInColumn("client_event_id", .identifier, "the sender's name for it"),
        BuiltInColumn("emitter_key_id", .text, "the key that it came with"),
        BuiltInColumn("reason_code", .text, "`id_conflict`, `no_organization`, ...").required,
        BuiltInColumn("reason_field", .text, "the field that was wrong"),
        BuiltInColumn("reason", .text, "what was wrong with it, without its values"),
        BuiltInColumn("payload", .json, "the record, scrubbed").labelled(.sealed),
        BuiltInColumn("state", .text, "`waiting`, `replayed` or `refused`"),
        BuiltInColumn("attempts", .integer, "how often it was sent again"),
        BuiltInColumn("replayed_at", .timestamp, "when it was last sent again"),
      ])
    table.retentionDays = 90
    return table
  }()

  /// Each row balances, so that days may go: `ingest_ledger_daily` has the sums of all. They stay for
  /// longer than the ids of records and the keys of batches are known.
  static let ingestLedger: BuiltInTable = {
    var table = BuiltInTable(
      "ingest_ledger", .facts(day: "received_at"),
      """
      The books of what emitters sent: a row for each batch and organisation, written with what it \
      counts. In each row, and so over any, received = accepted + duplicates + failed. Days that are \
      older than a week are in `ingest_ledger_daily`, which has them all.
      """,
      [
        .time("received_at", "when the batch came (UTC)"),
        BuiltInColumn("emitter_key_id", .text, "the key that it came with").required,
        .organization,
        BuiltInColumn("record_kind", .text, "`event`, `request`, `feedback`, ...").required,
        BuiltInColumn(
          "received", .integer,
          "records that came; for a replay 0, or what moves to another organisation"
        ).required,
        BuiltInColumn("accepted", .integer, "those that were stored").required,
        BuiltInColumn("duplicates", .integer, "those that were there already").required,
        BuiltInColumn(
          "failed", .integer,
          "those that became dead letters; negative where a replay took some out"
        ).required,
        BuiltInColumn("scrubbed", .integer, "how often a rule of scrubbing was applied"),
        BuiltInColumn("stream", .text, "the emitter's name for a run of batches"),
        BuiltInColumn("sequence", .integer, "the emitter's number of the batch"),
        BuiltInColumn("batch_key", .identifier, "hash of its `Idempotency-Key`"),
        BuiltInColumn("body_hash", .integer, "hash of the body, where there is a key"),
        BuiltInColumn("outcome", .identifier, "what became of each record, where there is a key"),
      ])
    table.isAppendOnly = true
    table.retentionDays = 8
    table.isRetentionFixed = true
    return table
  }()

  static let insights: BuiltInTable = {
    var table = BuiltInTable(
      "insights", .facts(day: "ts"), key: ["insight_id"],
      "What rules found in the numbers, stored so that a page has it at once.",
      [
        .time("ts", "when it was found (UTC)"),
        BuiltInColumn("insight_id", .text, "its name; the same finding has the same").required,
        .organization,
        .user("the person that it is about; null: the organisation"),
        BuiltInColumn("insight_type", .text, "`cost_alert`, `success_improvement`, ...").required,
        BuiltInColumn("severity", .text, "`info`, `warning` or `critical`").required,
        BuiltInColumn("message", .text, "one sentence").required,
        BuiltInColumn("action", .text, "what could be done"),
        BuiltInColumn("evidence", .json, "the numbers that it rests on"),
        BuiltInColumn("rule_id", .text, "the rule that found it"),
        BuiltInColumn("title", .text, "a few words"),
        BuiltInColumn("metric_id", .text, "the metric of the catalogue that it looks at"),
        BuiltInColumn("metric_unit", .text, "what its values are counted in"),
        BuiltInColumn("value", .double, "its value over the window"),
        BuiltInColumn("previous_value", .double, "what that was compared with"),
        BuiltInColumn("change_percent", .double, "how it changed, of the earlier value"),
        BuiltInColumn("threshold", .double, "from where on the rule speaks"),
        BuiltInColumn("window_from", .timestamp, "the first moment of the window"),
        BuiltInColumn("window_to", .timestamp, "the first moment after it"),
        BuiltInColumn("anchor_day", .text, "the last day that it is about: `2026-01-31`"),
      ])
    table.retentionDays = 90
    return table
  }()
}
