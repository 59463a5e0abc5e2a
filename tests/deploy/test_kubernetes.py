"""Kubernetes: both overlays are built by kustomize and held to the schemas of Kubernetes; ends meet."""

import functools
from typing import Any

import kubernetes_validate
import pytest
import yaml
from tools import DEPLOY, judge

from streams.outlets.config import load_notify
from streams.settings import PREFIX, load_settings
from streams.topics import TopicKey, topics

FOREIGN = {"KafkaTopic", "ScaledObject", "PodMonitor", "PrometheusRule"}
"""Kinds of Strimzi, KEDA and Prometheus Operator, which Kubernetes has no schemas for."""
OVERLAYS = ("small", "production")
Resource = dict[str, Any]


@functools.cache
def built(overlay: str) -> list[Resource]:
    folder = DEPLOY / "kubernetes" / "overlays" / overlay
    return [each for each in yaml.safe_load_all(judge("kubectl", "kustomize", folder)) if each]


def of_kind(overlay: str, *kinds: str) -> list[Resource]:
    return [each for each in built(overlay) if each["kind"] in kinds]


def pods(overlay: str) -> list[tuple[str, Resource]]:
    return [(each["metadata"]["name"], each["spec"]["template"]) for each in of_kind(overlay, "Deployment", "Job")]


def settings_of(overlay: str) -> dict[str, str]:
    [found] = [each for each in of_kind(overlay, "ConfigMap") if each["metadata"]["name"].startswith("tocsin-settings")]
    values: dict[str, str] = found["data"]
    return values


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_takes_every_resource(overlay: str) -> None:
    native = [each for each in built(overlay) if each["kind"] not in FOREIGN]
    assert len(native) > 10
    for each in native:
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


def test_the_feeder_is_taken_too(tmp_path: Any) -> None:
    for each in yaml.safe_load_all((DEPLOY / "kubernetes/components/feed/feed.yaml").read_text(encoding="utf-8")):
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_all_is_in_one_namespace(overlay: str) -> None:
    assert {each["metadata"].get("namespace", "tocsin") for each in built(overlay)} == {"tocsin"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_may_do_as_little_as_they_need(overlay: str) -> None:
    for name, pod in pods(overlay):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in spec["containers"]:
            allowed = container["securityContext"]
            assert allowed["allowPrivilegeEscalation"] is False, name
            assert allowed["readOnlyRootFilesystem"] is True, name
            assert allowed["capabilities"] == {"drop": ["ALL"]}, name
            assert {"cpu", "memory"} == container["resources"]["requests"].keys(), name
            assert "memory" in container["resources"]["limits"], name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_workers_are_watched_and_stopped_with_patience(overlay: str) -> None:
    drain = load_settings({}).drain_timeout_s
    for each in of_kind(overlay, "Deployment"):
        spec = each["spec"]["template"]["spec"]
        assert spec["terminationGracePeriodSeconds"] > drain + 10, "what a stop may take, and Faust's leaving"
        [container] = spec["containers"]
        # The console's page has a port of its own, and says by it how the console is.
        port, *_ = sorted(port["name"] for port in container["ports"])
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": port}
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": port}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_find_their_pods(overlay: str) -> None:
    labels = [pod["metadata"]["labels"] for _, pod in pods(overlay)]

    def found(selector: dict[str, str]) -> bool:
        return any(selector.items() <= each.items() for each in labels)

    for each in of_kind(overlay, "PodDisruptionBudget", "Deployment"):
        assert found(each["spec"]["selector"]["matchLabels"]), each["metadata"]["name"]
    for each in of_kind(overlay, "NetworkPolicy"):
        assert found(each["spec"]["podSelector"]["matchLabels"]), each["metadata"]["name"]
    for each in of_kind(overlay, "Service"):
        assert found(each["spec"]["selector"]), each["metadata"]["name"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings_are_sound(overlay: str) -> None:
    values = settings_of(overlay)
    assert all(name.startswith(PREFIX) for name in values)
    load_settings(values)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_notifier_takes_its_configuration(overlay: str, tmp_path: Any) -> None:
    [config] = [each for each in of_kind(overlay, "ConfigMap") if each["metadata"]["name"].startswith("tocsin-notify")]
    file = tmp_path / "notify.toml"
    file.write_text(config["data"]["notify.toml"])
    assert load_notify(file, {}).receivers


def test_topics_are_those_of_the_settings() -> None:
    wanted = {topic.name: topic for topic in topics(load_settings(settings_of("production")))}
    made = {each["metadata"]["name"]: each for each in of_kind("production", "KafkaTopic")}
    assert made.keys() == wanted.keys()
    for name, resource in made.items():
        assert resource["apiVersion"] == "kafka.strimzi.io/v1", "the only version that Strimzi 1.0 serves"
        assert resource["metadata"]["labels"]["strimzi.io/cluster"] == "news"
        assert resource["spec"]["partitions"] == wanted[name].partitions
        assert resource["spec"]["replicas"] == wanted[name].replication_factor
        assert {key: str(value) for key, value in resource["spec"]["config"].items()} == wanted[name].config


def test_scaling_looks_at_the_group_and_topic_of_triage() -> None:
    settings = load_settings(settings_of("production"))
    [scaled] = of_kind("production", "ScaledObject")
    [trigger] = scaled["spec"]["triggers"]
    told = trigger["metadata"]
    assert told["bootstrapServers"] == settings.kafka_bootstrap_servers
    assert told["consumerGroup"] == settings.group_triage
    [articles] = [topic for topic in topics(settings) if topic.key is TopicKey.ARTICLES]
    assert (told["topic"], scaled["spec"]["maxReplicaCount"]) == (articles.name, articles.partitions)
    assert all(isinstance(value, str) for value in told.values()), "KEDA takes strings alone"
    [triage] = [each for each in of_kind("production", "Deployment") if each["metadata"]["name"] == "tocsin-triage"]
    assert scaled["spec"]["scaleTargetRef"] == {"name": "tocsin-triage"}
    assert "replicas" not in triage["spec"], "KEDA sets it"


def test_prometheus_operator_gets_the_same_rules() -> None:
    [rule] = of_kind("production", "PrometheusRule")
    kept = yaml.safe_load((DEPLOY / "prometheus" / "tocsin.rules.yml").read_text(encoding="utf-8"))
    assert rule["spec"] == kept
    [monitor] = of_kind("production", "PodMonitor")
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] == "metrics"
    assert monitor["spec"]["podMetricsEndpoints"][0]["relabelings"][0]["replacement"] == "tocsin-$1"
