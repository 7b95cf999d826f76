import ColumnStore
import Persistence

/// What is said of an erasure; never who it is about.
enum ErasureText {
  /// `plan`: `nil` where only reports have the user.
  static func text(_ plan: ErasurePlan?, reportCount: Int, isDone: Bool) -> String {
    (plan.map(text) ?? "the tables do not have this user, and neither have older files\n")
      + text(ofReports: reportCount, "would go") + (isDone ? "nothing was changed\n" : "")
  }

  /// Of none, nothing is said.
  static func text(ofReports count: Int, _ verb: String) -> String {
    count == 0 ? "" : "weekly reports: this user \(verb) from \(Readable.count(count, "file"))\n"
  }

  private static func text(_ plan: ErasurePlan) -> String {
    var text = ""
    if plan.effect.isEmpty {
      text += "the tables do not have this user; older snapshots or the journal do\n"
    } else {
      text += lines(plan.effect, "would go")
    }
    if !plan.snapshots.isEmpty {
      text += "snapshots that would go: " + list(plan.snapshots) + "\n"
    }
    for place in plan.remaining {
      text += """
        note: \(Readable.count(place.rowCount, "row")) of \(place.table).\(place.column) would still \
        name this user: --column or --replace \(place.table).\(place.column)

        """
    }
    return text
  }

  static func text(_ receipt: ErasureReceipt, folder: String) -> String {
    var text = "erased\n" + lines(receipt.effect, "gone")
    if !receipt.removedSnapshots.isEmpty {
      text += "snapshots removed: " + list(receipt.removedSnapshots) + "\n"
    }
    if let search = receipt.search { text += lines(search) }
    if let problem = receipt.unfinished {
      return text + """
        warning: something older is still in \(folder): \(problem)
        hint: the next change of the folder removes it; 'daybook erase-user' again then looks whether \
        anything is left

        """
    }
    return text + "receipt: \(folder)/erasures/\(receipt.id).json\n"
  }

  private static func lines(_ effect: ErasureEffect, _ verb: String) -> String {
    var text = ""
    for table in effect.tables {
      text += "\(table.table): \(Readable.count(table.rowCount, "row")) \(verb)"
      if table.formerRowCount > 0 {
        text += ", \(Readable.count(table.formerRowCount, "earlier version")) of rows"
      }
      if table.replacedRowCount > 0 {
        text += ", \(Readable.count(table.replacedRowCount, "row")) with 'erased' instead"
      }
      text += "; \(Readable.count(table.partitionCount, "partition")) written anew\n"
    }
    return text + "texts that no other row has: \(Readable.grouped(Int64(effect.textCount)))\n"
  }

  private static func lines(_ search: ErasureReceipt.Search) -> String {
    var text =
      "read again: \(Readable.count(search.fileCount, "file")), \(Readable.bytes(search.byteCount)) "
      + "after decompression: "
    let found = search.places.reduce(search.domainCount) { $0 + $1.rowCount }
    text += "found \(Readable.grouped(Int64(found))) times\n"
    for place in search.places {
      text +=
        "note: \(Readable.count(place.rowCount, "row")) of \(place.table).\(place.column) still have it\n"
    }
    if search.otherCount > 0, found == 0 {
      text += """
        note: its bytes stand \(Readable.count(search.otherCount, "time")) within longer texts, or by \
        chance, in \(search.otherFiles.joined(separator: ", "))

        """
    }
    return text
  }

  private static func list(_ ids: [SnapshotID]) -> String {
    ids.map(\.description).joined(separator: ", ")
  }
}
