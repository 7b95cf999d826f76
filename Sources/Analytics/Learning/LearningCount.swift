internal import ColumnStore
internal import Engine
public import QueryLanguage

/// What became of those who did something in a course, or a lesson of one.
public struct LearningCount: Sendable, Equatable {
  public var course: String
  /// `nil`: all of the course.
  public var lesson: String?
  /// Distinct people with an event in the range.
  public var learners: Int64
  /// Of these, those who completed it in the range.
  public var completed: Int64

  public var completionRate: Double? {
    learners == 0 ? nil : Double(completed) / Double(learners)
  }
}

extension MetricEvaluator {
  /// Those with the most people first. A course's rate is the catalogue's `course_completion_rate` for it.
  public mutating func courses(limit: Int) throws(QueryError) -> [LearningCount] {
    try learning(
      """
      SELECT course_id, NULL::text AS lesson, count(DISTINCT user_id) AS learners,
        count(DISTINCT user_id) FILTER (WHERE event_type = 'course_complete') AS completed
      FROM events
      WHERE ts >= :from AND ts < :to AND course_id IS NOT NULL AND user_id IS NOT NULL{filters}
      GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT :limit
      """, limit)
  }

  /// By course and name.
  public mutating func lessons(limit: Int) throws(QueryError) -> [LearningCount] {
    try learning(
      """
      SELECT course_id, resource_id AS lesson, count(DISTINCT user_id) AS learners,
        count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_complete') AS completed
      FROM events
      WHERE ts >= :from AND ts < :to AND course_id IS NOT NULL AND user_id IS NOT NULL
        AND resource_type = 'lesson' AND resource_id IS NOT NULL{filters}
      GROUP BY 1, 2 ORDER BY 1, 2 LIMIT :limit
      """, limit)
  }

  private mutating func learning(
    _ sql: String, _ limit: Int
  ) throws(QueryError) -> [LearningCount] {
    try rows(sql, from: .events, ["limit": .integer(Int64(limit))]).compactMap { row in
      guard row.count == 4, let course = row[0].name else { return nil }
      return LearningCount(
        course: course, lesson: row[1].name, learners: row[2].count, completed: row[3].count)
    }
  }
}
