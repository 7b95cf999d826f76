/// Trainings, machines, and people working together.
extension MetricCatalogue {
  static let training: [MetricDefinition] = [
    MetricDefinition(
      "training_jobs", "Training jobs", "Trainings that were started.", .count, better: .up,
      in: .training, .types("event_type = 'training_started'")),
    MetricDefinition(
      "training_completed", "Completed trainings", "Trainings that completed.", .count,
      better: .up, in: .training, .types("event_type = 'training_completed'")),
    MetricDefinition(
      "training_failed", "Trainings that failed", "Trainings that failed.", .count,
      better: .down, in: .training, .types("event_type = 'training_failed'")),
    MetricDefinition(
      "training_hours_mean", "Mean training time", "The mean duration of trainings that completed.",
      .hours, better: .none, in: .training,
      .aggregate(
        .events, where: "event_type = 'training_completed'", value: "avg(duration_ms) / 3600000")),
    MetricDefinition(
      "training_success_rate", "Training success",
      "Trainings that completed, divided by those that completed or failed.", .ratio, better: .up,
      in: .training,
      .types("event_type = 'training_completed'", of: EventRules.trainingEnded)),
    MetricDefinition(
      "training_failure_rate", "Failed trainings",
      "Trainings that failed, divided by those that completed or failed.", .ratio, better: .down,
      in: .training,
      .types("event_type = 'training_failed'", of: EventRules.trainingEnded)),
    MetricDefinition(
      "training_cancelled", "Cancelled trainings",
      "Trainings that were cancelled; rates leave them out.", .count, better: .none, in: .training,
      .types("event_type = 'training_cancelled'")),
  ]

  static let infrastructure: [MetricDefinition] = [
    MetricDefinition(
      "gpu_hours", "GPU hours", "Time that GPUs were used.", .hours, better: .none,
      in: .infrastructure, .events("sum(gpu_seconds) / 3600")),
    MetricDefinition(
      "cpu_hours", "CPU hours", "Time that CPUs were used.", .hours, better: .none,
      in: .infrastructure, .events("sum(cpu_seconds) / 3600")),
    MetricDefinition(
      "gpu_utilization", "GPU utilisation",
      "The mean of the utilisation that jobs reported, 0 to 1.", .ratio, better: .up,
      in: .infrastructure, .events("avg(gpu_utilization)")),
    MetricDefinition(
      "storage_gb", "Storage",
      """
      Bytes added and taken away up to the end of the range, in units of 1024³ bytes. It adds the changes \
      that are kept as events.
      """, .gigabytes, better: .none, in: .infrastructure, over: .lifetime,
      .events("sum(bytes_delta)::double precision / 1073741824")),
    MetricDefinition(
      "storage_growth_gb_per_day", "Storage growth",
      "Bytes added and taken away in the range, in units of 1024³ bytes per day.",
      .gigabytesPerDay, better: .none, in: .infrastructure,
      .aggregate(
        .events, value: "sum(bytes_delta)::double precision / 1073741824 / :days",
        numerator: "sum(bytes_delta)::double precision / 1073741824", denominator: ":days")),
  ]

  private static let isProject = "resource_type = 'project' AND deleted_at IS NULL"

  static let collaboration: [MetricDefinition] = [
    MetricDefinition(
      "projects", "Projects", "Projects that there are now.", .count, better: .up,
      in: .collaboration, over: .now,
      .aggregate(.resources, value: "count(*) FILTER (WHERE \(isProject))")),
    MetricDefinition(
      "members_per_project", "Members per project",
      "The mean number of people who take part in a project.", .mean, better: .up,
      in: .collaboration, over: .now,
      .aggregate(.resources, value: "avg(member_count) FILTER (WHERE \(isProject))")),
    MetricDefinition(
      "shared_datasets", "Shared data sets",
      "Data sets that others than their owner use.", .count, better: .up, in: .collaboration,
      over: .now,
      .aggregate(
        .resources,
        value:
          "count(*) FILTER (WHERE resource_type = 'dataset' AND deleted_at IS NULL AND is_shared)")),
    MetricDefinition(
      "projects_created", "New projects", "Projects that were made in the range.", .count,
      better: .up, in: .collaboration, .types("event_type = 'project_create'")),
    MetricDefinition(
      "invitations", "Invitations", "Invitations that were sent.", .count, better: .up,
      in: .collaboration, .types("event_type = 'user_invite'")),
  ]

  static let learning: [MetricDefinition] = [
    MetricDefinition(
      "course_completion_rate", "Course completion",
      """
      Of the courses that people did something in during the range, each counted once per person, the \
      share that the person completed.
      """, .ratio, better: .up, in: .learning,
      .statement(
        """
        SELECT count(*) FILTER (WHERE is_complete)::double precision / nullif(count(*), 0) AS value,
          count(*) FILTER (WHERE is_complete) AS numerator, count(*) AS denominator
        FROM (
          SELECT user_id, course_id, bool_or(event_type = 'course_complete') AS is_complete FROM events
          WHERE ts >= :from AND ts < :to AND course_id IS NOT NULL AND user_id IS NOT NULL{filters}
          GROUP BY user_id, course_id) AS courses
        """))
  ]

  static let feedback: [MetricDefinition] = [
    MetricDefinition(
      "rating_mean", "Rating", "The mean of the stars that were given, 1 to 5.", .stars,
      better: .up, in: .feedback, .aggregate(.feedback, value: "avg(stars)")),
    MetricDefinition(
      "ratings", "Ratings", "Ratings with stars.", .count, better: .up, in: .feedback,
      .aggregate(.feedback, value: "count(stars)")),
  ]

  static let security: [MetricDefinition] = [
    MetricDefinition(
      "threats", "Threats", "What looked like an attack.", .count, better: .down, in: .security,
      .aggregate(.threats, value: "count(*)")),
    MetricDefinition(
      "threats_open", "Open threats", "Of these, those that nobody has dealt with.", .count,
      better: .down, in: .security,
      .aggregate(.threats, value: "count(*) FILTER (WHERE resolved IS NOT TRUE)")),
  ]
}
