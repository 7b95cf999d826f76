internal import ColumnStore
internal import Engine
public import QueryLanguage

/// What people thought over a range: stars, by themselves and over time, and answers of surveys.
public struct FeedbackSummary: Sendable {
  /// Ratings with stars; the first is of one star, the last of five.
  public typealias Stars = [Int64]

  public struct Question: Sendable, Equatable {
    public var survey: String
    public var question: String?
    public var answers: Int64
    public var ratings: Int64
    public var mean: Double?
    public var comments: Int64
  }

  public var buckets: [(bucket: Grain.Bucket, stars: Stars)] = []
  public var questions: [Question] = []
  /// Those in words, with or without stars.
  public var comments: Int64 = 0

  public var stars: Stars {
    buckets.reduce(Self.none) { sum, bucket in zip(sum, bucket.stars).map { $0 + $1 } }
  }

  public init() {}

  public static let largestQuestionCount = 200
  static let none: Stars = [0, 0, 0, 0, 0]

  public static func count(_ stars: Stars) -> Int64 { stars.reduce(0, +) }

  /// `nil` where nobody gave any.
  public static func mean(_ stars: Stars) -> Double? {
    let count = count(stars)
    let sum = zip(stars, 1...).reduce(0) { $0 + $1.0 * Int64($1.1) }
    return count == 0 ? nil : Double(sum) / Double(count)
  }
}

extension MetricEvaluator {
  /// `nil` where the range has too many buckets.
  public mutating func feedback(
    by grain: Grain, where conditions: [RowCondition] = []
  ) throws(QueryError) -> FeedbackSummary? {
    guard let buckets = grain.buckets(of: question.range) else { return nil }
    var summary = FeedbackSummary()
    summary.buckets = buckets.map { ($0, FeedbackSummary.none) }
    var arguments: [String: Value] = [:]
    var condition = "ts >= :from AND ts < :to"
    for extra in conditions {
      condition += " AND \(extra.sql)"
      arguments.merge(extra.arguments) { first, _ in first }
    }
    let found = try rows(
      """
      SELECT date_trunc('\(grain.rawValue)', \(context.instant("ts", of: .feedback))) AS bucket, stars,
        count(*) AS ratings, count(comment) AS comments
      FROM feedback WHERE \(condition){filters} GROUP BY 1, 2
      """, from: .feedback, arguments)
    for row in found where row.count == 4 {
      summary.comments += row[3].count
      guard let time = row[0].time, case .integer(let stars) = row[1], (1...5).contains(stars),
        let place = buckets.lastIndex(where: { $0.start <= time })
      else { continue }
      summary.buckets[place].stars[Int(stars) - 1] += row[2].count
    }
    let questions = try rows(
      """
      SELECT survey_id, question_id, count(*) AS answers, count(stars) AS ratings, avg(stars) AS mean,
        count(comment) AS comments
      FROM feedback WHERE \(condition) AND survey_id IS NOT NULL{filters}
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT \(FeedbackSummary.largestQuestionCount)
      """, from: .feedback, arguments)
    for row in questions where row.count == 6 {
      guard let survey = row[0].name else { continue }
      summary.questions.append(
        FeedbackSummary.Question(
          survey: survey, question: row[1].name, answers: row[2].count, ratings: row[3].count,
          mean: row[4].number, comments: row[5].count))
    }
    return summary
  }
}
