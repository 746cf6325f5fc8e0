#include "apps/reproduce/study_tasks.hpp"

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/json_source.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace volley {

namespace {

std::filesystem::path file_of(const std::filesystem::path& directory, const StudyTask& task) {
    return directory / (task.name + ".json");
}

void write_result(const std::filesystem::path& directory, const StudyTask& task,
                  const std::string& key, const std::string& result) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) throw SystemError(describe_failure("create", directory, error.value()));
    const Json json = {{"key", key}, {"result", Json::parse(result)}};
    write_file_atomically(file_of(directory, task), json.dump(2) + "\n");
}

/// The JSON of a task's file; null where it is missing or damaged.
Json read_result(const std::filesystem::path& directory, const StudyTask& task) {
    std::error_code error;
    const std::filesystem::path file = file_of(directory, task);
    if (!std::filesystem::is_regular_file(file, error)) return nullptr;
    return Json::parse(read_file(file), nullptr, false);
}

}  // namespace

StudyTasks::StudyTasks(std::vector<StudyTask> tasks, std::filesystem::path directory,
                       const Session& session)
    : tasks_(std::move(tasks)), directory_(std::move(directory)) {
    together(session.ranks, [&] {
        if (!session.prints()) return;
        program_ = program_digest();
        for (const StudyTask& task : tasks_) left_ += finished(task) ? '0' : '1';
    });
    program_ = session.ranks.broadcast(program_, 0);
    left_ = session.ranks.broadcast(left_, 0);
}

std::string StudyTasks::key_of(const StudyTask& task) const {
    return program_ + " " + task.name + " " + task.input;
}

bool StudyTasks::finished(const StudyTask& task) const {
    const Json json = read_result(directory_, task);
    return json.is_object() && json.contains("result") && json.value("key", Json()) == key_of(task);
}

std::vector<Job> StudyTasks::jobs_left() const {
    std::vector<Job> jobs;
    for (std::size_t k = 0; k < tasks_.size(); ++k) {
        if (left_[k] != '1') continue;
        const StudyTask& task = tasks_[k];
        jobs.push_back({.description = task.name, .work = [this, &task](const JobMeans& means) {
                            const std::string result = task.compute(means);
                            std::int64_t stopped = means.stop ? 1 : 0;
                            means.run.ranks.largest({&stopped, 1});
                            if (stopped != 0) return Farm::Ending::stopped;
                            together(means.run.ranks, [&] {
                                if (means.run.ranks.rank() != 0) return;
                                write_result(directory_, task, key_of(task), result);
                            });
                            return Farm::Ending::done;
                        }});
    }
    return jobs;
}

std::map<std::string, std::string, std::less<>> StudyTasks::results() const {
    std::map<std::string, std::string, std::less<>> all;
    for (const StudyTask& task : tasks_) {
        if (finished(task)) all[task.name] = read_result(directory_, task)["result"].dump();
    }
    return all;
}

}  // namespace volley
