"""Media in an S3-compatible bucket: kept there, and given to readers in ranges without fetching the whole film."""

from __future__ import annotations

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto import mock_aws

from harmreduction import env

FILM = bytes(range(256)) * 1000
NAME = "courses/harbour/film.0123456789.mp4"


@pytest.fixture
def bucket(settings, monkeypatch):
    with mock_aws():
        monkeypatch.setenv("X", "s3://key:secret@s3.eu-west-1.amazonaws.com/course-media?region=eu-west-1&prefix=media")
        settings.STORAGES = {**settings.STORAGES, "default": env.media_storage("X")}
        client = boto3.client("s3", region_name="eu-west-1")
        client.create_bucket(Bucket="course-media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


def test_what_is_kept_in_a_bucket_is_served_by_the_site_whole_and_in_ranges(bucket, client):
    assert default_storage.save(NAME, ContentFile(FILM)) == NAME
    assert bucket.head_object(Bucket="course-media", Key=f"media/{NAME}")["ContentLength"] == len(FILM)
    whole = client.get(f"/media/{NAME}")
    assert whole.status_code == 200 and whole.getvalue() == FILM and whole.headers["Accept-Ranges"] == "bytes"
    assert "immutable" in whole.headers["Cache-Control"] and whole.headers["Content-Type"] == "video/mp4"
    part = client.get(f"/media/{NAME}", headers={"range": "bytes=1000-1999"})
    assert part.status_code == 206 and part.getvalue() == FILM[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
    assert client.get(f"/media/{NAME}", headers={"range": f"bytes={len(FILM)}-"}).status_code == 416
    head = client.head(f"/media/{NAME}")
    assert head.status_code == 200 and head.headers["Content-Length"] == str(len(FILM))


@pytest.mark.parametrize("name", ["courses/nothing.mp4", "../secret_key", "courses/../../secret_key"])
def test_what_is_not_there_is_no_page(name, bucket, client):
    assert client.get(f"/media/{name}").status_code == 404


def test_a_bucket_that_cannot_be_reached_is_no_page_and_no_crash(settings, monkeypatch, client):
    monkeypatch.setenv("X", "s3://key:secret@127.0.0.1:9/course-media?tls=0")
    settings.STORAGES = {**settings.STORAGES, "default": env.media_storage("X")}
    assert client.get(f"/media/{NAME}").status_code == 404


def test_no_two_uploads_take_each_others_name(bucket):
    first, second = (default_storage.save("a.txt", ContentFile(words)) for words in (b"one", b"two"))
    with default_storage.open(first) as file:
        assert first != second and file.read() == b"one"
