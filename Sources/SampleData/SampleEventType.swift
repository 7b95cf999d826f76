/// What happened.
public enum SampleEventType: UInt8, CaseIterable, Sendable {
  case signup
  case login
  case logout
  case heartbeat
  case pageView
  case emailSent
  case emailOpened
  case projectCreate
  case imageGenerateRequested
  case imageGenerateSucceeded
  case imageGenerateFailed
  case videoGenerateRequested
  case videoGenerateSucceeded
  case videoGenerateFailed
  case chat
  case upload
  case ragQuery
  case tokenUsage
  case apiCall
  case export
  case trainingStarted
  case trainingCompleted
  case trainingFailed
  case deployment
  case datasetCreate
  case datasetUpload
  case storageChange
  case trainingCancelled
  case hyperparameterTuning
  case inference
  case testRun
  case userInvite
  case xai
  case courseStart
  case videoPlay
  case quizAttempt
  case lessonComplete
  case courseComplete

  public var name: String {
    switch self {
    case .signup: "signup"
    case .login: "login"
    case .logout: "logout"
    case .heartbeat: "heartbeat"
    case .pageView: "page_view"
    case .emailSent: "email_sent"
    case .emailOpened: "email_opened"
    case .projectCreate: "project_create"
    case .imageGenerateRequested: "image_generate_requested"
    case .imageGenerateSucceeded: "image_generate_succeeded"
    case .imageGenerateFailed: "image_generate_failed"
    case .videoGenerateRequested: "video_generate_requested"
    case .videoGenerateSucceeded: "video_generate_succeeded"
    case .videoGenerateFailed: "video_generate_failed"
    case .chat: "chat"
    case .upload: "upload"
    case .ragQuery: "rag_query"
    case .tokenUsage: "token_usage"
    case .apiCall: "api_call"
    case .export: "export"
    case .trainingStarted: "training_started"
    case .trainingCompleted: "training_completed"
    case .trainingFailed: "training_failed"
    case .deployment: "deployment"
    case .datasetCreate: "dataset_create"
    case .datasetUpload: "dataset_upload"
    case .storageChange: "storage_change"
    case .trainingCancelled: "training_cancelled"
    case .hyperparameterTuning: "hyperparameter_tuning"
    case .inference: "inference"
    case .testRun: "test_run"
    case .userInvite: "user_invite"
    case .xai: "xai"
    case .courseStart: "course_start"
    case .videoPlay: "video_play"
    case .quizAttempt: "quiz_attempt"
    case .lessonComplete: "lesson_complete"
    case .courseComplete: "course_complete"
    }
  }

  public var category: String {
    switch self {
    case .signup, .login, .logout, .heartbeat: "session"
    case .pageView, .projectCreate, .userInvite, .xai: "ui"
    case .emailSent, .emailOpened: "email"
    case .imageGenerateRequested, .imageGenerateSucceeded, .imageGenerateFailed,
      .videoGenerateRequested, .videoGenerateSucceeded, .videoGenerateFailed,
      .chat, .ragQuery, .tokenUsage, .inference, .testRun:
      "inference"
    case .upload, .datasetCreate, .datasetUpload: "dataset"
    case .apiCall: "api"
    case .export: "export"
    case .trainingStarted, .trainingCompleted, .trainingFailed, .trainingCancelled,
      .hyperparameterTuning:
      "training"
    case .deployment: "deployment"
    case .storageChange: "storage"
    case .courseStart, .videoPlay, .quizAttempt, .lessonComplete, .courseComplete: "learning"
    }
  }
}

/// The part of the platform an event belongs to.
public enum SampleFeature: UInt8, CaseIterable, Sendable {
  case account
  case images
  case videos
  case projects
  case chat
  case knowledge
  case email
  case api
  case exports
  case training
  case deployments
  case datasets
  case learning
  case xai
  case team

  public var name: String {
    switch self {
    case .account: "account"
    case .images: "images"
    case .videos: "videos"
    case .projects: "projects"
    case .chat: "chat"
    case .knowledge: "knowledge"
    case .email: "email"
    case .api: "api"
    case .exports: "exports"
    case .training: "training"
    case .deployments: "deployments"
    case .datasets: "datasets"
    case .learning: "learning"
    case .xai: "xai"
    case .team: "team"
    }
  }
}

/// The page or route an event was served by.
public enum SampleEndpoint: UInt8, CaseIterable, Sendable {
  // Pages, in the order of `Choice.page`.
  case galleryPage
  case chatPage
  case videoPage
  case projectsPage
  case knowledgePage
  case trainingPage
  case settingsPage
  // What developers call, in the order of `Choice.apiEndpoint`.
  case apiChat
  case apiEmbeddings
  case apiImages
  case apiModels
  // What the pages call.
  case signup
  case login
  case logout
  case heartbeat
  case image
  case video
  case project
  case chat
  case upload
  case knowledge
  case export
  case training
  case deployment
  case dataset
  case invitation
  case explanation
  case testRun
  case tuning
  case inference
  case learning

  public var path: String {
    switch self {
    case .galleryPage: "/gallery"
    case .chatPage: "/chat"
    case .videoPage: "/video"
    case .projectsPage: "/projects"
    case .knowledgePage: "/knowledge"
    case .trainingPage: "/training"
    case .settingsPage: "/settings"
    case .apiChat: "/v1/chat"
    case .apiEmbeddings: "/v1/embeddings"
    case .apiImages: "/v1/images"
    case .apiModels: "/v1/models"
    case .signup: "/api/auth/signup"
    case .login: "/api/auth/login"
    case .logout: "/api/auth/logout"
    case .heartbeat: "/api/heartbeat"
    case .image: "/api/gallery"
    case .video: "/api/video"
    case .project: "/api/projects"
    case .chat: "/api/chat"
    case .upload: "/api/uploads"
    case .knowledge: "/api/knowledge/query"
    case .export: "/api/exports"
    case .training: "/api/training/jobs"
    case .deployment: "/api/deployments"
    case .dataset: "/api/datasets"
    case .invitation: "/api/invitations"
    case .explanation: "/api/explanations"
    case .testRun: "/api/test-runs"
    case .tuning: "/api/training/tuning"
    case .inference: "/v1/inference"
    case .learning: "/api/learning/progress"
    }
  }

  /// The method that it is called with.
  public var method: String {
    switch self {
    case .galleryPage, .chatPage, .videoPage, .projectsPage, .knowledgePage, .trainingPage,
      .settingsPage, .apiModels:
      "GET"
    default: "POST"
    }
  }

  /// The feature a page shows.
  var pageFeature: SampleFeature {
    switch self {
    case .galleryPage: .images
    case .chatPage: .chat
    case .videoPage: .videos
    case .projectsPage: .projects
    case .knowledgePage: .knowledge
    case .trainingPage: .training
    default: .account
    }
  }
}
