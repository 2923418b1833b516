/** What goes wrong with the image cache and with the processes that decode. */
import { catalogue } from '../catalogue.ts';

export const cacheErrors = catalogue({
  'cache-too-large': [
    'The image cache needs more disk than there is: choose a smaller image size.',
    '图像缓存所需的磁盘不够：请减小图像尺寸。',
  ],
  'cache-too-large.budget': [
    'The image cache for {count} {count:photo|photos} at {size} px needs {needed}, more than the {most} it may use: choose a smaller image size or allow the cache more disk in Settings.',
    '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，超过允许的 {most}：请减小图像尺寸，或在“设置”中给缓存更多磁盘。',
  ],
  'cache-too-large.disk': [
    'The image cache for {count} {count:photo|photos} at {size} px needs {needed}, but the disk has {most} left: free some space, or choose a smaller image size.',
    '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，磁盘只剩 {most}：请腾出空间，或减小图像尺寸。',
  ],
  'cache-write': [
    'The image cache cannot be written: check the permissions of the home folder.',
    '图像缓存无法写入：请检查主文件夹的权限。',
  ],
  'cache-write.full': [
    'The disk is full while writing the image cache in {folder}: free some space, or choose a smaller image size.',
    '写入 {folder} 中的图像缓存时磁盘已满：请腾出空间，或减小图像尺寸。',
  ],
  'cache-write.errno': [
    "The image cache in {folder} cannot be written ({errno}): check the folder's permissions, or choose another home.",
    '{folder} 中的图像缓存无法写入（{errno}）：请检查文件夹权限，或选择另一个主文件夹。',
  ],
  'cache-read': [
    'The image cache cannot be read: start again, and it is rebuilt.',
    '图像缓存无法读取：重新开始即可重建。',
  ],
  'cache-read.file': [
    'The image cache file {file} cannot be read ({detail}): start again, and it is rebuilt.',
    '图像缓存文件 {file} 无法读取（{detail}）：重新开始即可重建。',
  ],
  'cache-read.damaged': [
    'The copy of a photo in the image cache file {file} is damaged: start again, and it is made anew from the photo.',
    '图像缓存文件 {file} 中一张照片的副本已损坏：重新开始，即由照片重新生成。',
  ],
  'cache-read.photo': [
    'The copy of {photo} in the image cache is damaged, and the photo itself cannot take its place ({reason}): put the photo back as it was, or read the folder again.',
    '{photo} 在图像缓存中的副本已损坏，照片本身也无法代替（{reason}）：请把照片放回原样，或重新扫描文件夹。',
  ],
  'cache-read.unkept': [
    'The image cache has no room for a copy of {photo}, and the photo itself cannot be decoded again ({reason}): put it back as it was, or read the folder again.',
    '图像缓存没有空间保存 {photo} 的副本，照片本身也无法重新解码（{reason}）：请把照片放回原样，或重新扫描文件夹。',
  ],
  'cache-read.mended': [
    'The copy of {photo} in the image cache was damaged and has been made again from the photo: check the disk if that goes on.',
    '{photo} 在图像缓存中的副本已损坏，已由照片重新生成：若反复出现，请检查磁盘。',
  ],
  'cache-read.changed': ['it has changed since', '它此后有改动'],
  'cache-read.again': [
    'What is written into the image cache file {file} comes back damaged: check the disk and the memory of this machine.',
    '写入图像缓存文件 {file} 的内容读回时已损坏：请检查这台机器的磁盘与内存。',
  ],
  'image-workers': [
    'The process that decodes photos could not be started: run the self-test in Settings, or install again.',
    '解码照片的进程无法启动：请在“设置”中运行自检，或重新安装。',
  ],
  'image-workers.detail': [
    'The process that decodes photos could not be started ({detail}): run "lookalike doctor", or install the dependencies again.',
    '解码照片的进程无法启动（{detail}）：请在“设置”中运行自检，或重新安装。',
  ],
  'view-loader-failed': ['The views could not be computed: {message}.', '无法计算增强视图：{message}。'],
  'view-loader-failed.reason': [
    'the views could not be computed: {reason}',
    '无法计算增强视图：{reason}。请重新开始。',
  ],
});
