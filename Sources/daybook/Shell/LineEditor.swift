@preconcurrency import CLineEditor

/// Lines typed at a terminal, with history and completion.
final class LineEditor {
  enum Line: Equatable {
    case text(String)
    /// ^C: what was typed is to be dropped.
    case interrupted
    /// ^D on an empty line.
    case end
  }

  private var editor: OpaquePointer?
  private let complete: (String) -> [String]

  /// `complete` gets the line up to the cursor and gives what its last word may become.
  init?(historyPath: String?, complete: @escaping (String) -> [String]) {
    self.complete = complete
    // The pointer stays good: `deinit` closes the editor before this object goes.
    let context = Unmanaged.passUnretained(self).toOpaque()
    let offer: line_completion = { context, text, candidates in
      guard let context, let text else { return }
      let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
      for word in editor.complete(String(cString: text)) { line_candidates_add(candidates, word) }
    }
    editor = line_editor_open("daybook", historyPath, offer, context)
    if editor == nil { return nil }
  }

  deinit {
    line_editor_close(editor)
  }

  func read(prompt: String) -> Line {
    var line: UnsafePointer<CChar>?
    switch line_editor_read(editor, prompt, &line) {
    case line_read: return .text(line.map { String(cString: $0) } ?? "")
    case line_interrupted: return .interrupted
    default: return .end
    }
  }

  func remember(_ text: String) {
    line_editor_remember(editor, text)
  }
}
