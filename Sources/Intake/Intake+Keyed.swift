internal import AccessControl
internal import Authentication
internal import ColumnStore

extension Intake {
  /// Feedback and threats: the table's key says what is the same, for as long as the row is there.
  func storeKeyed(
    _ batch: DecodedBatch, at now: Int64, in transaction: StoreTransaction
  ) throws -> Work {
    let table: IntakeTable = batch.schema.kind == .feedback ? .feedback : .threats
    var columns = NamedColumns(batch)
    columns.complete("ts", with: now)
    columns.set("received_at", .integers(Array(repeating: now, count: batch.rowCount)))
    if table == .feedback {
      columns["feedback_id"] = ids(
        of: batch, ["user_id", "request_id", "survey_id", "question_id"])
      columns.set("answer_key", .integers(answerKeys(of: batch)))
      columns["kind"] = feedbackKinds(of: batch)
    } else {
      // The emitter's id is one of its organisation's; the table's key is one for all.
      columns["threat_id"] = ids(of: batch, ["client_event_id"])
      columns["country"] = countries(of: batch)
      columns.set("resolved", .booleans(Array(repeating: 0, count: batch.rowCount)))
    }
    let rows = batch.problems.indices.filter { batch.problems[$0] == nil }.map { UInt32($0) }
    var results: [BatchResults.Result] = batch.problems.map {
      $0.map { .failed($0) } ?? .duplicate
    }
    if !rows.isEmpty {
      let added = try transaction.table(table.rawValue).append(
        columns.rows(of: try schema(of: table, transaction)).keeping(rows), onConflict: .skip)
      for row in added?.map({ rows[Int($0)] }) ?? rows { results[Int(row)] = .accepted }
    }
    return Work(results: results)
  }

  /// Made of the organisation and some fields: the same record always has the same.
  private func ids(of batch: DecodedBatch, _ fields: [String]) -> ColumnValues {
    var column = TextColumn(rowCount: batch.rowCount)
    let values = fields.map { batch[$0] }
    for row in 0..<batch.rowCount where batch.problems[row] == nil {
      let names = [batch.organization(row)?.text ?? ""] + values.map { $0.text(row) ?? "" }
      column.set(row, code: column.append(NameUUID.text(of: names)))
    }
    return column.values
  }

  /// Of each question of a survey another one; 0 for ratings, of which a request has one.
  private func answerKeys(of batch: DecodedBatch) -> [Int64] {
    let (surveys, questions) = (batch["survey_id"], batch["question_id"])
    return (0..<batch.rowCount).map { row in
      guard let survey = surveys.text(row) else { return 0 }
      return NameUUID.number(of: [survey, questions.text(row) ?? ""])
    }
  }

  private func feedbackKinds(of batch: DecodedBatch) -> ColumnValues {
    var column = TextColumn(rowCount: batch.rowCount)
    let (rating, survey) = (column.append("rating"), column.append("survey"))
    let surveys = batch["survey_id"]
    for row in 0..<batch.rowCount {
      column.set(row, code: surveys.isNull(row) ? rating : survey)
    }
    return column.values
  }
}
