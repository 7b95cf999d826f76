internal import Analytics
internal import Intake
internal import QueryLanguage

/// A word in a question that some column of events would have: a type, or a category.
///
/// Emitters may send only the words that the intake knows, so that a misspelt one would be answered with zeros. It is
/// refused, unless tables that were filled otherwise have it in a row that the caller sees.
struct EventWord: Sendable {
  enum Column: String, CaseIterable, Sendable {
    case type = "event_type"
    case category
  }

  var column: Column
  var text: String
  /// The parameter, or the place in the body.
  var place: String

  static func types(_ texts: [String], as place: String) -> [EventWord] {
    texts.map { EventWord(column: .type, text: $0, place: place) }
  }

  /// Those of the filters, and of other parameters that are types of events.
  static func all(in arguments: RequestArguments) -> [EventWord] {
    ["event_type", "action_type", "event_types", "step"].flatMap {
      types(arguments.list($0), as: $0)
    }
      + arguments.list("category").map {
        EventWord(column: .category, text: $0, place: "category")
      }
  }
}

extension EventTypes {
  /// What a column may have; `nil`: any word.
  fileprivate func words(of column: EventWord.Column) -> [String]? {
    switch column {
    case .type: allowsOthers ? nil : all
    case .category: Self.categories
    }
  }

  /// Those that no emitter may send.
  func unknown(_ words: [EventWord]) -> [EventWord] {
    words.filter { self.words(of: $0.column)?.contains($0.text) == false }
  }

  /// To be thrown.
  fileprivate func refusal(of words: [EventWord]) -> Problem {
    .parameters(
      words.map { word in
        Problem.FieldError(
          word.place, "choice",
          "must be one of \((self.words(of: word.column) ?? []).joined(separator: ", "))")
      })
  }
}

extension AnalyticsRun.Ground {
  /// Refuses words that no row has. There are none in most questions, and then nothing is read.
  mutating func check(
    _ unknown: [EventWord], _ types: EventTypes
  ) throws(QueryError) -> Problem? {
    var refused: [EventWord] = []
    for column in EventWord.Column.allCases {
      let words = unknown.filter { $0.column == column }
      if words.isEmpty { continue }
      let present = try evaluator.present(words.map(\.text), in: column.rawValue)
      refused += words.filter { !present.contains($0.text) }
    }
    return refused.isEmpty ? nil : types.refusal(of: refused)
  }
}
